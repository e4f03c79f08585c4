using System.CommandLine;
using System.Net.Sockets;
using Culvert.Engine.Running;

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

    /// <summary>The part that runs in the sandbox; not for people.</summary>
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
        var sandbox = Sandbox.Find(out var why);
        var folder = Directory.CreateTempSubdirectory("culvert-demo-");
        try
        {
            if (sandbox is not null)
            {
                console.Output.WriteLine($"Two sites on this machine, in network namespaces of their own, {sandbox.Description}.");
                return await RunInAsync(sandbox, folder.FullName, ending.Token);
            }

            console.Output.WriteLine("Network namespaces with TUN devices cannot be created here:");
            foreach (var reason in why)
            {
                console.Output.WriteLine("  " + reason);
            }

            console.Output.WriteLine("So both sites run in memory, as 'culvert replay --twin' runs them.");
            return await ReportAsync(TwinDemo.RunAsync, folder, console, ending);
        }
        finally
        {
            Remove(folder);
        }
    }

    private static async Task<int> RunInAsync(Sandbox sandbox, string folder, CancellationToken cancel)
    {
        using var inside = sandbox.StartSelf([InsideName, folder], folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_limit);
        try
        {
            await inside.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            inside.StandardInput.Close();
            if (!inside.WaitForExit(_endLimit))
            {
                inside.Kill();
                await inside.WaitForExitAsync(CancellationToken.None);
            }

            return ExitCodes.Failure;
        }

        return inside.ExitCode;
    }

    private static async Task<int> RunInsideAsync(DirectoryInfo folder, InvocationConfiguration console, CancellationToken cancel)
    {
        using var ending = new EndingSignals(cancel);
        ending.EndWith(Console.OpenStandardInput());
        try
        {
            return await ReportAsync(NamespaceDemo.RunAsync, folder, console, ending);
        }
        finally
        {
            Remove(folder);
        }
    }

    /// <summary>Runs a demo and puts what goes wrong into words.</summary>
    private static async Task<int> ReportAsync(
        Func<string, TextWriter, CancellationToken, Task<bool>> demo, DirectoryInfo folder, InvocationConfiguration console, EndingSignals ending)
    {
        try
        {
            return await demo(folder.FullName, console.Output, ending.Token) ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception failure) when (failure is DemoException or PipelineStartException or IOException or OperationCanceledException
            or SocketException)
        {
            // Ctrl-C reaches the programs that the demo started too, sometimes before this one.
            var interrupted = ending.Token.WaitHandle.WaitOne(_signalDelay);
            console.Error.WriteLine(interrupted ? "The demo was interrupted; nothing of it is left." : $"The demo failed: {failure.Message}");
            return ExitCodes.Failure;
        }
    }

    // Both halves remove the folder, so that it goes even when one of them is killed.
    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The other half was first.
        }
    }
}
