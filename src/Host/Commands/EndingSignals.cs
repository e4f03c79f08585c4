using System.Runtime.InteropServices;

namespace Culvert.Host.Commands;

/// <summary>One token for everything that asks a command to end: Ctrl-C, SIGTERM, SIGHUP, a pipe that closes.</summary>
internal sealed class EndingSignals : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _registrations;

    public EndingSignals(CancellationToken cancel)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _source.Cancel();
            })),
        ];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Requests the end when a pipe that nobody writes to has closed.</summary>
    public void EndWith(Stream pipe) => new Thread(() =>
    {
        while (pipe.ReadByte() >= 0)
        {
        }

        _source.Cancel();
    })
    { IsBackground = true }.Start();

    // The source is not disposed: the pipe may close at any time.
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
