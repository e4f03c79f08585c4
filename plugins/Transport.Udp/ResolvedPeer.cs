using Culvert.Packets;

namespace Culvert.Plugins.Transport.Udp;

/// <summary>The peer's endpoint once it is known, for the data path to read without a lock. Thread-safe.</summary>
internal sealed class ResolvedPeer
{
    private Box? _box;

    /// <summary>The endpoint; <c>default</c> until it is known.</summary>
    public DatagramEndpoint Endpoint
    {
        get => Volatile.Read(ref _box)?.Endpoint ?? default;
        set => Volatile.Write(ref _box, new Box(value));
    }

    /// <summary>An endpoint has 24 bytes, so it is swapped as a whole behind a reference.</summary>
    private sealed record Box(DatagramEndpoint Endpoint);
}
