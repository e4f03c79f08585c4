using System.Globalization;
using Culvert.Endpoints.Clients;

namespace Culvert.Host.Hardening;

/// <summary>
/// The limit of open files (RLIMIT_NOFILE). The runtime needs descriptors for every new thread and ends the process when it gets none, so a limit
/// that traffic and clients can reach is refused before anything is opened.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>What every pipeline needs: about 150 when it runs, 50 for clients, and room for a reload and for threads.</summary>
    public const int Base = 512;

    /// <summary>What each lane adds: a queue, a socket and an event, twice during a reload.</summary>
    public const int EachLane = 8;

    /// <summary>Finds whether the process may open too few files.</summary>
    /// <param name="lanes">The number of lanes.</param>
    /// <param name="connections">The largest number of connections of the network endpoint.</param>
    /// <returns>The problem with its remedy; null when the limit is high enough.</returns>
    public static string? Problem(int lanes, int connections)
    {
        var least = Base + (EachLane * lanes) + connections;
        var users = connections == 0 ? $"{lanes} lane(s)" : $"{lanes} lane(s) and {connections} connection(s)";
        return DescriptorReserve.Limit is not { } limit || limit >= least
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the limit of open files is {limit}, and {users} need {least}; run 'ulimit -Hn {least}' as root, or set LimitNOFILE={least} in the unit");
    }
}
