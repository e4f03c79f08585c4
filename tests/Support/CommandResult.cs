namespace Culvert.Tests.Support;

/// <summary>What a finished program left.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The standard output of a program that succeeded.</summary>
    /// <exception cref="InvalidOperationException">It did not; the message holds all it said.</exception>
    public string Succeeded() => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"'{Command}' ended with {ExitCode}:\n{Output}\n{Error}");
}
