using System.Net;
using Culvert.Packets;
using Culvert.Plugins.Encrypt.WireGuard;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Probing;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Encrypt.Tests.Cases;

/// <summary>The protocol alone: a tunnel with a host of the test's, no stage and no options.</summary>
public sealed class ProtocolTests : IDisposable
{
    private static readonly DatagramEndpoint Source = End.At("192.0.2.9:51820");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestStageContext _context;
    private readonly FakeHost _host;
    private readonly X25519Key _identity = X25519Key.Generate();
    private readonly Tunnel _tunnel;

    public ProtocolTests()
    {
        _context = new TestStageContext(_time);
        _host = new FakeHost(_context);
        _tunnel = NewTunnel(_host, _identity);
    }

    [Fact]
    public void A_fault_in_one_handshake_message_does_not_end_the_handling_of_those_behind_it()
    {
        byte[][] initiations = [.. Enumerable.Range(0, 3).Select(_ => NewInitiation())];
        var faults = 0;
        _host.Sending = () =>
        {
            if (faults++ == 0)
            {
                throw new InvalidOperationException("a bug");
            }
        };

        Array.ForEach(initiations, message => Assert.True(_tunnel.Receiver.TryDeliver(message, Source)));
        _context.RunService();

        Assert.Single(_context.Faults);
        Assert.Equal(2, _context.Emitted.Count);
    }

    [Fact]
    public void Messages_whose_turn_the_host_refuses_have_theirs_later()
    {
        byte[][] initiations = [.. Enumerable.Range(0, 2).Select(_ => NewInitiation())];
        _host.RefusesPosts = true;
        Assert.True(_tunnel.Receiver.TryDeliver(initiations[0], Source));
        _host.RefusesPosts = false;
        // It finds the inbox not empty, and wakes nobody.
        Assert.True(_tunnel.Receiver.TryDeliver(initiations[1], Source));

        _time.Advance(TimeSpan.FromSeconds(1));
        _context.RunService();

        Assert.Equal(2, _context.Emitted.Count);
    }

    [Fact]
    public void A_path_whose_turn_the_host_refuses_asks_for_the_next()
    {
        var host = new FakeHost(_context) { PathOverhead = 60, RefusesPosts = true };
        using var tunnel = NewTunnel(host, _identity);
        using var other = X25519Key.Generate();
        var path = tunnel.Peers.Add(new PublicKey(other.PublicKey)).Path;
        path.NoteFullSized();
        host.RefusesPosts = false;

        path.NoteFullSized();
        path.NoteFullSized();

        Assert.Equal(1, host.Posts);
    }

    [Fact]
    public void A_mailbox_that_nobody_comes_for_is_empty_for_the_next_message()
    {
        var comes = false;
        var calls = 0;
        var mailbox = new PathMailbox(() =>
        {
            calls++;
            return comes;
        });
        mailbox.Add(new ProbeMessage { Id = 1 });
        comes = true;

        mailbox.Add(new ProbeMessage { Id = 2 });
        mailbox.Add(new ProbeMessage { Id = 3 });

        Assert.Equal(2, calls);
        Assert.Equal([2, 3], mailbox.TakeAll().Select(message => (int)message.Id));
    }

    public void Dispose()
    {
        _tunnel.Dispose();
        _identity.Dispose();
        _context.Dispose();
    }

    private static Tunnel NewTunnel(FakeHost host, X25519Key identity)
    {
        using var copy = identity.ExportPrivate();
        return new Tunnel(host, FakeHost.Cipher, X25519Key.Import(copy.Span), TimeSpan.FromSeconds(120));
    }

    // Of another peer each time, which the tunnel knows.
    private byte[] NewInitiation()
    {
        using var context = new TestStageContext(_time);
        using var identity = X25519Key.Generate();
        using var other = NewTunnel(new FakeHost(context), identity);
        _tunnel.Peers.Add(new PublicKey(identity.PublicKey));
        var peer = other.Peers.Add(new PublicKey(_identity.PublicKey));
        peer.Endpoint.MoveTo(DatagramEndpoint.From(IPEndPoint.Parse("192.0.2.1:51820")));
        peer.Handshaker.Initiate(isRetry: false);
        return Assert.Single(context.Emitted).Bytes;
    }
}
