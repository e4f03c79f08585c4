using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Culvert.Host.Run;

/// <summary>
/// The system's signals as requests: SIGINT, SIGTERM and SIGQUIT stop, SIGHUP reloads. On Windows Ctrl-C, Ctrl-Break and the closing of
/// the console arrive as the same signals.
/// </summary>
internal sealed class RunSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    public RunSignals(ChannelWriter<RunRequest> requests)
    {
        PosixSignalRegistration On(PosixSignal signal, RunRequest request) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            requests.TryWrite(request);
        });

        _registrations =
        [
            On(PosixSignal.SIGINT, RunRequest.Stop),
            On(PosixSignal.SIGTERM, RunRequest.Stop),
            On(PosixSignal.SIGQUIT, RunRequest.Stop),
            On(PosixSignal.SIGHUP, OperatingSystem.IsWindows() ? RunRequest.Stop : RunRequest.Reload),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
