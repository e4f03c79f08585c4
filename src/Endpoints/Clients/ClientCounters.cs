using Culvert.Counters;

namespace Culvert.Endpoints.Clients;

/// <summary>The counters of a <see cref="ClientServer"/>.</summary>
/// <param name="set">The set that publishes them.</param>
/// <param name="server">The server's name in kebab case; the counters are called <c>SERVER-clients</c>.</param>
public sealed class ClientCounters(CounterSet set, string server)
{
    /// <summary>The tag that distinguishes them.</summary>
    public const string Event = "event";

    /// <summary>Connections accepted.</summary>
    public Counter Accepted { get; } = Create(set, server, "accepted", "Connections accepted");

    /// <summary>Connections closed while they waited for a request, because a newer client needed the place.</summary>
    public Counter CrowdedOut { get; } = Create(set, server, "crowded-out", "Connections without a complete request, closed because a newer client needed the place");

    /// <summary>Connections closed because a request was not complete, or an answer not read, in time.</summary>
    public Counter TimedOut { get; } = Create(set, server, "timed-out", "Connections closed because a request was not complete or an answer not read in time");

    /// <summary>Connections refused: no place for another stream, or a user who may not connect.</summary>
    public Counter Refused { get; } = Create(set, server, "refused", "Connections refused: no place for another stream, or a user without permission");

    private static Counter Create(CounterSet set, string server, string tag, string description)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Create($"{server}-clients", "connections", description + ".", new KeyValuePair<string, string>(Event, tag));
    }
}
