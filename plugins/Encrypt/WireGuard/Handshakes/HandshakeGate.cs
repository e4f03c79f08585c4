using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Messages;
using Culvert.Plugins.Encrypt.WireGuard.Noise;
using Culvert.Plugins.Encrypt.WireGuard.Peers;

namespace Culvert.Plugins.Encrypt.WireGuard.Handshakes;

/// <summary>
/// Checks handshake messages on an inbound loop, before they take a place in a queue: how many initiations their source sent; mac1, without which
/// nothing waits; under load mac2; the index of an answer, which nobody off the path knows. One for each loop; used on that loop only.
/// </summary>
internal sealed class HandshakeGate(LocalEnd local, IndexTable indexes, HandshakeReceiver receiver)
{
    private readonly SourceQuota _quota = new(local.Clock);
    private byte[]? _key;
    private KeyedMac? _mac1;

    /// <summary>Checks a message and delivers a copy of it. A message that is refused is counted here.</summary>
    /// <param name="message">A handshake message whose length fits its type.</param>
    /// <param name="source">The source.</param>
    /// <param name="now">The time in the clock's ticks.</param>
    /// <returns>False when too many wait already.</returns>
    public bool TryDeliver(ReadOnlySpan<byte> message, in DatagramEndpoint source, long now)
    {
        if (MessageLayout.TypeOf(message) != MessageType.Initiation)
        {
            return TryDeliverAnswer(message, source);
        }

        var share = _quota.ShareOf(source, now);
        if (share == SourceShare.None)
        {
            local.Counters.RejectedRate.Increment();
            return true;
        }

        if (!HasMac1(message))
        {
            receiver.RefuseMac1(source);
            return true;
        }

        bool? hasCookie = receiver.IsUnderLoad ? local.CookieChecker.CheckMac2(message, source) : null;
        var place = hasCookie == true ? InboxPlace.Proven : share == SourceShare.Rare ? InboxPlace.Rare : InboxPlace.Other;
        var waits = receiver.TryDeliver(message, source, place, hasCookie);
        if (hasCookie == true)
        {
            _quota.Forget(source);
        }
        else if (waits)
        {
            _quota.Note(source, share, now);
        }

        return waits;
    }

    private bool TryDeliverAnswer(ReadOnlySpan<byte> message, DatagramEndpoint source)
    {
        var isResponse = MessageLayout.TypeOf(message) == MessageType.Response;
        if (isResponse && !HasMac1(message))
        {
            receiver.RefuseMac1(source);
            return true;
        }

        var index = isResponse ? MessageLayout.ResponseReceiverIndex(message) : MessageLayout.Sender(message);
        if (indexes.TryGetPeer(index, out _))
        {
            return receiver.TryDeliver(message, source, InboxPlace.Proven);
        }

        local.Counters.RejectedInvalid.Increment();
        return true;
    }

    private bool HasMac1(ReadOnlySpan<byte> message)
    {
        var key = local.Mac1Key;
        if (_mac1 is null || _key != key)
        {
            _mac1?.Dispose();
            (_key, _mac1) = (key, new KeyedMac(key));
        }

        Span<byte> mac = stackalloc byte[MessageLayout.MacSize];
        _mac1.Compute(mac, message[..^(2 * MessageLayout.MacSize)]);
        return Secrets.AreEqual(mac, message[^(2 * MessageLayout.MacSize)..^MessageLayout.MacSize]);
    }
}
