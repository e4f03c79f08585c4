using System.Diagnostics;

namespace Culvert.Host.Wg;

/// <summary>
/// Starts an interface in a process of its own and waits until it is there, as wireguard-go does. Afterwards nobody reads that process's log:
/// the foreground is for services.
/// </summary>
internal static class WgBackground
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Starts it.</summary>
    /// <param name="arguments">The command line of the foreground.</param>
    /// <param name="errors">Gets what the process says until the interface is there.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> StartAsync(IEnumerable<string> arguments, TextWriter errors, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Limit);
        using var process = Process.Start(StartInfo(arguments))!;
        process.StandardInput.Close();
        var said = CopyAsync(process.StandardError, errors, limit.Token);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line == WgForeground.Ready)
                {
                    return ExitCodes.Success;
                }
            }

            await said;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? ExitCodes.Failure : process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            errors.WriteLine($"culvert wg: the interface is not there after {Limit.TotalSeconds:0} s; run 'culvert wg --foreground' to see why");
            return ExitCodes.Failure;
        }
    }

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments) => new(Environment.ProcessPath!, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };

    private static async Task CopyAsync(StreamReader from, TextWriter to, CancellationToken cancel)
    {
        while (await from.ReadLineAsync(cancel) is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }
}
