using System.Runtime.InteropServices;
using Culvert.Host.Run.Interop;

namespace Culvert.Host.Top;

/// <summary>
/// The system's signals while <c>culvert top</c> has the terminal: those that end a program end it after the terminal was given back, Ctrl-Z gives it
/// back for as long as the program is stopped.
/// </summary>
internal sealed class TopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="screen">The terminal.</param>
    /// <param name="end">Called for a signal that ends the program.</param>
    /// <param name="redraw">Called when the terminal has another size, or is there again.</param>
    public TopSignals(TopScreen screen, Action end, Action redraw)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP })
        {
            On(signal, context =>
            {
                context.Cancel = true;
                screen.Leave();
                end();
            });
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        On(PosixSignal.SIGWINCH, _ => redraw());
        On(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            screen.Leave();
            ProcessControl.StopSelf();
        });
        On(PosixSignal.SIGCONT, _ =>
        {
            screen.Enter();
            redraw();
        });
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action<PosixSignalContext> action) => _registrations.Add(PosixSignalRegistration.Create(signal, action));
}
