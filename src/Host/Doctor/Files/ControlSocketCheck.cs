using System.Text;
using Culvert.Endpoints.Clients;
using Culvert.Endpoints.Files;
using Culvert.Engine.Diagnostics;

namespace Culvert.Host.Doctor.Files;

/// <summary>A <c>control</c> path where no socket can be: the pipeline would run, and no command would reach it.</summary>
internal sealed class ControlSocketCheck() : FileCheck("control-socket", DiagnosticCodes.ControlSocket)
{
    protected override IEnumerable<Finding> Find(SiteFile file)
    {
        if (OperatingSystem.IsWindows() || file.Control is not { } control)
        {
            yield break;
        }

        if (Encoding.UTF8.GetByteCount(control.Value) is > UnixSocketFile.MaxPath and var length)
        {
            yield return new Finding(
                $"'control' is a path of {length} bytes, and a socket's has at most {UnixSocketFile.MaxPath}", "name a shorter one, or remove it").At(control.Position);
        }
        else if (FileFacts.Read(control.Value) is { Kind: not FileKind.Socket })
        {
            yield return new Finding($"'{control.Value}' exists and is not a socket", "name another path, or remove it").At(control.Position);
        }
    }
}
