using System.Runtime.InteropServices;

namespace Culvert.Host.Demo;

/// <summary>One token for everything that asks the demo to end: Ctrl-C, SIGTERM, SIGHUP, a pipe that closes.</summary>
internal sealed class EndingSignals : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly List<PosixSignalRegistration> _registrations = [];

    public EndingSignals(CancellationToken cancel)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Cancel();
            }));
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Requests the end when a pipe that nobody writes to has closed.</summary>
    public void EndWith(Stream pipe) => new Thread(() =>
    {
        while (pipe.ReadByte() >= 0)
        {
        }

        Cancel();
    })
    { IsBackground = true }.Start();

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }
}
