using System.CommandLine;
using Culvert.Host.Output;
using NSec.Cryptography;

namespace Culvert.Host.Commands;

/// <summary><c>culvert keygen</c>: a new X25519 private key in the base64 form of WireGuard's tools.</summary>
internal static class KeygenCommand
{
    public static Command Create()
    {
        var command = new Command("keygen", "Writes a new private key to standard output: culvert keygen > site.key");
        command.SetAction(parsed =>
        {
            using var key = Key.Create(
                KeyAgreementAlgorithm.X25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });
            parsed.InvocationConfiguration.Output.WriteLine(X25519Text.Private(key));
            return ExitCodes.Success;
        });
        return command;
    }
}
