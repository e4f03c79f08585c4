using System.CommandLine;
using Culvert.Host.Output;

namespace Culvert.Host.Commands;

/// <summary><c>culvert pubkey</c>: the public key of the private key on standard input.</summary>
internal static class PubkeyCommand
{
    // A key is 44 characters; what is much longer is the wrong file.
    private const int LongestInput = 256;

    public static Command Create()
    {
        var command = new Command("pubkey", "Reads a private key on standard input and writes its public key: culvert pubkey < site.key");
        command.SetAction(parsed => Run(Console.In, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    internal static int Run(TextReader input, TextWriter output, TextWriter error)
    {
        var buffer = new char[LongestInput];
        var length = input.ReadBlock(buffer);
        if (X25519Text.TryGetPublic(new string(buffer, 0, length), out var publicKey))
        {
            output.WriteLine(publicKey);
            return ExitCodes.Success;
        }

        error.WriteLine("error: standard input has no private key; expected 32 bytes in base64, one line, as 'culvert keygen' writes them");
        return ExitCodes.WrongInput;
    }
}
