using System.Globalization;
using System.Net.Sockets;
using Culvert.Endpoints.Interop;

namespace Culvert.Endpoints.Clients;

/// <summary>
/// Descriptors that connections from outside never get. The runtime opens a pipe for each new thread and ends the process when it cannot, so that
/// the last descriptors must be left to it, whatever else has taken the others. Thread-safe.
/// </summary>
public static class DescriptorReserve
{
    /// <summary>How many are left: those of some ten threads that start at once.</summary>
    public const int Size = 32;

    /// <summary>The number of files that this process may have open (the soft RLIMIT_NOFILE, getrlimit(2)); null where there is no such limit.</summary>
    public static long? Limit =>
        OperatingSystem.IsLinux() && Resource.getrlimit(Resource.RLIMIT_NOFILE, out var limit) == 0 && limit.rlim_cur < int.MaxValue
            ? (long)limit.rlim_cur
            : null;

    /// <summary>Accepts a connection, and closes it at once where it has a descriptor of the reserve.</summary>
    /// <param name="listener">A listening socket.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SocketException">None could be accepted, or <see cref="SocketError.TooManyOpenSockets"/>: it took of the reserve.</exception>
    public static async ValueTask<Socket> AcceptAsync(Socket listener, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var accepted = await listener.AcceptAsync(cancel).ConfigureAwait(false);

        // The kernel gives the lowest free number (open(2)): one near the limit shows that few are free.
        if (Limit is not { } limit || accepted.Handle < limit - Size)
        {
            return accepted;
        }

        accepted.Dispose();
        throw new SocketException(
            (int)SocketError.TooManyOpenSockets,
            string.Create(CultureInfo.InvariantCulture, $"the last {Size} of {limit} file descriptors are left to the program itself"));
    }
}
