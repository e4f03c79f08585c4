using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Culvert.Host.Doctor;
using Culvert.Host.Output;
using Culvert.Tools.Views;

namespace Culvert.Host.Top;

/// <summary>
/// A person at a terminal with <c>culvert top</c>: statuses, keys and changes of the terminal's size arrive as events, and each draws a frame.
/// </summary>
/// <param name="ask">Requests a status.</param>
/// <param name="interval">The time between two looks; more where an answer takes long, as with 10,000 peers.</param>
/// <param name="output">The terminal.</param>
internal sealed class TopSession(Func<CancellationToken, Task<JsonObject>> ask, TimeSpan interval, TextWriter output)
{
    // At most a tenth of the time passes with asking.
    private const int Share = 10;

    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();
    private readonly Colours _colours = Colours.For(output);
    private TopState _state = new();

    /// <summary>Shows the pipeline until a person or a signal ends it.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="IOException">The pipeline does not answer; the terminal is as it was.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var view = HealthView.Read(await ask(cancel), null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var screen = new TopScreen(output);
        using var signals = new TopSignals(screen, stop.Cancel, () => _events.Writer.TryWrite("redraw"));
        screen.Enter();
        new Thread(ReadKeys) { Name = "culvert keys", IsBackground = true }.Start();
        var asking = AskAsync(stop.Token);
        try
        {
            while (!_state.HasEnded)
            {
                Draw(screen, view);
                switch (await _events.Reader.ReadAsync(stop.Token))
                {
                    case JsonObject status when !_state.IsPaused:
                        view = HealthView.Read(status, view);
                        break;
                    case ConsoleKeyInfo key:
                        _state = _state.Press(TopKeys.Of(key), view);
                        break;
                    case IOException error:
                        throw new IOException(error.Message, error);
                    default:
                        break;
                }
            }
        }
        finally
        {
            screen.Leave();
            await stop.CancelAsync();
            await asking;
        }
    }

    /// <summary>Whether this process has a terminal that can be drawn on.</summary>
    /// <param name="output">Where the command's output goes.</param>
    public static bool IsPossible(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !Console.IsInputRedirected
        && Environment.GetEnvironmentVariable("TERM") is not "dumb" && (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("TERM") is { Length: > 0 });

    private void Draw(TopScreen screen, PipelineView view)
    {
        // A terminal without a size, such as one that a program made, has the usual one.
        var (width, height) = (Console.WindowWidth, Console.WindowHeight);
        (var lines, _state) = new TopFrame(width > 0 ? width : 80, height > 1 ? height : 24, _colours).Render(view, _state);
        screen.Show(lines);
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                _events.Writer.TryWrite(Console.ReadKey(intercept: true));
            }
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            // The terminal has gone; the signal that says so ends the program.
        }
    }

    private async Task AskAsync(CancellationToken cancel)
    {
        try
        {
            var pause = interval;
            while (true)
            {
                await Task.Delay(pause, cancel);
                var began = Stopwatch.GetTimestamp();
                _events.Writer.TryWrite(await ask(cancel));
                var least = Stopwatch.GetElapsedTime(began) * (Share - 1);
                pause = least > interval ? least : interval;
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (IOException error)
        {
            _events.Writer.TryWrite(error);
        }
    }
}
