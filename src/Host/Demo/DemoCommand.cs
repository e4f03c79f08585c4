using System.CommandLine;
using System.Net.Sockets;
using Culvert.Engine.Running;
using Culvert.Host.Commands;

namespace Culvert.Host.Demo;

/// <summary>
/// <c>culvert demo</c>: two sites on this machine. The command itself only finds a place; there it starts this program again, as the
/// hidden command <c>demo-inside</c>, which does the work. The two are joined by a pipe: when it closes, for whatever reason, the
/// inner one ends.
/// </summary>
internal static class DemoCommand
{
    /// <summary>The name of the inner process's command; hidden from help.</summary>
    public const string InsideName = "demo-inside";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan _signalDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var command = new Command("demo", "Runs two sites on this machine and shows what happens to the packets between them.");
        command.SetAction((parsed, cancel) => RunAsync(parsed.InvocationConfiguration, cancel));
        return command;
    }

    /// <summary>The hidden command that runs in the sandbox.</summary>
    public static Command CreateInside()
    {
        var folder = new Argument<DirectoryInfo>("folder");
        var command = new Command(InsideName, "Part of 'culvert demo'.") { folder };
        command.Hidden = true;
        command.SetAction((parsed, cancel) => RunInsideAsync(parsed.GetRequiredValue(folder), parsed.InvocationConfiguration, cancel));
        return command;
    }

    private static async Task<int> RunAsync(InvocationConfiguration console, CancellationToken cancel)
    {
        using var ending = new EndingSignals(cancel);
        if (MakeFolder(console.Error) is not { } folder)
        {
            return ExitCodes.Failure;
        }

        if (Sandbox.Find(out var why) is { } sandbox)
        {
            console.Output.WriteLine($"Two sites on this machine, in network namespaces of their own, {sandbox.Description}.");
            try
            {
                return await RunInAsync(sandbox, folder.FullName, ending.Token);
            }
            finally
            {
                Remove(folder);
            }
        }

        console.Output.WriteLine("Network namespaces with TUN devices cannot be created here:");
        why.ForEach(reason => console.Output.WriteLine("  " + reason));
        console.Output.WriteLine("So both sites run in memory, as 'culvert replay --twin' runs them.");
        return await ReportAsync(TwinDemo.RunAsync, folder, console, ending);
    }

    private static DirectoryInfo? MakeFolder(TextWriter error)
    {
        try
        {
            return Directory.CreateTempSubdirectory("culvert-demo-");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(
                $"error: the demo cannot write to the temporary folder '{Path.GetTempPath()}'; set TMPDIR to a folder that exists and that this user may write to");
            return null;
        }
    }

    private static async Task<int> RunInAsync(Sandbox sandbox, string folder, CancellationToken cancel)
    {
        using var inside = sandbox.StartSelf([InsideName, folder], folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_limit);
        await inside.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (inside.HasExited)
        {
            return inside.ExitCode;
        }

        inside.StandardInput.Close();
        if (!inside.WaitForExit(_endLimit))
        {
            inside.Kill();
            inside.WaitForExit();
        }

        return ExitCodes.Failure;
    }

    private static async Task<int> RunInsideAsync(DirectoryInfo folder, InvocationConfiguration console, CancellationToken cancel)
    {
        using var ending = new EndingSignals(cancel);
        ending.EndWith(Console.OpenStandardInput());
        return await ReportAsync(NamespaceDemo.RunAsync, folder, console, ending);
    }

    /// <summary>Runs a demo, puts what goes wrong into words, and removes the folder.</summary>
    private static async Task<int> ReportAsync(
        Func<string, TextWriter, CancellationToken, Task<bool>> demo, DirectoryInfo folder, InvocationConfiguration console, EndingSignals ending)
    {
        try
        {
            return await demo(folder.FullName, console.Output, ending.Token) ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception failure) when (failure is InvalidDataException or PipelineStartException or IOException or OperationCanceledException
            or SocketException or HttpRequestException)
        {
            // Ctrl-C reaches the programs that the demo started too, sometimes before this one.
            var interrupted = ending.Token.WaitHandle.WaitOne(_signalDelay);
            console.Error.WriteLine(interrupted ? "The demo was interrupted; nothing of it is left." : $"The demo failed: {failure.Message}");
            return ExitCodes.Failure;
        }
        finally
        {
            Remove(folder);
        }
    }

    // Both halves remove the folder, so that it goes even when one of them is killed; the second one does not find it.
    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }
}
