using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Culvert.Host.Run;

/// <summary>
/// The system's signals as requests: SIGINT, SIGTERM and SIGQUIT stop, SIGHUP reloads, or stops when the terminal that the program was started in
/// has gone. On Windows Ctrl-C, Ctrl-Break and the closing of the console arrive as the same signals.
/// </summary>
internal sealed class RunSignals : IDisposable
{
    private readonly Terminal _terminal = new();
    private readonly PosixSignalRegistration[] _registrations;

    public RunSignals(ChannelWriter<RunRequest> requests, ForcedEnd end)
    {
        void Stop()
        {
            end.Signal();
            requests.TryWrite(RunRequest.Stop);
        }

        void HangUp()
        {
            if (OperatingSystem.IsWindows() || _terminal.IsClosed)
            {
                Stop();
            }
            else
            {
                requests.TryWrite(RunRequest.Reload);
            }
        }

        _registrations =
        [
            On(PosixSignal.SIGINT, Stop),
            On(PosixSignal.SIGTERM, Stop),
            On(PosixSignal.SIGQUIT, Stop),
            On(PosixSignal.SIGHUP, HangUp),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private static PosixSignalRegistration On(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}
