using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Culvert.Endpoints.Clients;

namespace Culvert.Engine.Control;

/// <summary>A named pipe that its user, administrators and the system may open.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PipeControlListener : IClientListener
{
    private readonly string _name;
    private NamedPipeServerStream? _next;

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">Another process has the name, or the system refuses.</exception>
    public PipeControlListener(string place)
    {
        _name = PipeControl.Name(place);
        try
        {
            // Only the first instance of a name decides who may open it, so it must be ours.
            _next = Create(PipeOptions.FirstPipeInstance);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException("another running pipeline has it", error);
        }
    }

    public async ValueTask<Stream> AcceptAsync(CancellationToken cancel)
    {
        _next ??= Create(PipeOptions.None);
        await _next.WaitForConnectionAsync(cancel);
        var connected = _next;
        _next = null;
        try
        {
            _next = Create(PipeOptions.None);
        }
        catch (IOException)
        {
            // The next call tries again; until then the connected one keeps the name.
        }

        return connected;
    }

    public void Dispose() => _next?.Dispose();

    private NamedPipeServerStream Create(PipeOptions options) => NamedPipeServerStreamAcl.Create(
        _name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous | options, inBufferSize: 0, outBufferSize: 0, Rights());

    private static PipeSecurity Rights()
    {
        using var user = WindowsIdentity.GetCurrent();
        var rights = new PipeSecurity();
        foreach (var who in (SecurityIdentifier[])
            [
                user.User!,
                new(WellKnownSidType.BuiltinAdministratorsSid, null),
                new(WellKnownSidType.LocalSystemSid, null),
            ])
        {
            rights.AddAccessRule(new PipeAccessRule(who, PipeAccessRights.FullControl, AccessControlType.Allow));
        }

        return rights;
    }
}
