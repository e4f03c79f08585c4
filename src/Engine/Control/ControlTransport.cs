namespace Culvert.Engine.Control;

/// <summary>
/// What control connections run over: a Unix socket, or on Windows a named pipe, because a service and the administrator who asks it have
/// no folder in common. The one place that asks which system this is.
/// </summary>
internal static class ControlTransport
{
    /// <summary>Listens at a place.</summary>
    /// <exception cref="IOException">Another running pipeline has it, or it cannot be had.</exception>
    public static IControlListener Listen(string place) =>
        OperatingSystem.IsWindows() ? new PipeControlListener(place) : new UnixControlListener(place);

    /// <summary>Connects to a pipeline that listens at a place.</summary>
    /// <exception cref="IOException">None does.</exception>
    public static Task<Stream> ConnectAsync(string place, CancellationToken cancel) =>
        OperatingSystem.IsWindows() ? PipeControl.ConnectAsync(place, cancel) : UnixControlListener.ConnectAsync(place, cancel);
}
