using Culvert.Endpoints.Clients;

namespace Culvert.Engine.Control;

/// <summary>
/// The transport of control connections: a Unix socket, or on Windows a named pipe, because a service and the administrator who asks it have
/// no directory in common. The one place that asks which system this is.
/// </summary>
internal static class ControlTransport
{
    /// <summary>Listens at a place.</summary>
    /// <param name="place">The path.</param>
    /// <param name="refused">Called for each client of another user.</param>
    /// <exception cref="IOException">Another running pipeline has it, or the system refuses.</exception>
    public static IClientListener Listen(string place, Action refused) =>
        OperatingSystem.IsWindows() ? new PipeControlListener(place) : new UnixSocketFile(place, refused);

    /// <summary>Connects to a pipeline that listens at a place.</summary>
    /// <exception cref="IOException">None does, or a user does whom this one has no reason to believe.</exception>
    public static Task<Stream> ConnectAsync(string place, CancellationToken cancel) =>
        OperatingSystem.IsWindows() ? PipeControl.ConnectAsync(place, cancel) : UnixControl.ConnectAsync(place, cancel);
}
