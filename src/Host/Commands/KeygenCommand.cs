using System.CommandLine;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert keygen</c>: a new X25519 private key in the base64 form of WireGuard's tools.</summary>
internal static class KeygenCommand
{
    public static Command Create()
    {
        var command = new Command("keygen", "Writes a new private key to standard output: culvert keygen > site.key");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(X25519Text.New(out _));
            return ExitCodes.Success;
        });
        return command;
    }
}
