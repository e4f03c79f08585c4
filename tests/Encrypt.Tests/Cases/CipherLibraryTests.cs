using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Encrypt.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Encrypt.Tests.Cases;

/// <summary>Which library seals packets: the one that the options name, else the fastest; the ends need not have the same.</summary>
public sealed class CipherLibraryTests
{
    /// <summary>What this system has.</summary>
    public static TheoryData<SuiteName, CipherLibrary> Choices => new(
        from suite in Enum.GetValues<SuiteName>()
        from library in Enum.GetValues<CipherLibrary>()
        where library == CipherLibrary.Auto || CipherSuite.Get(suite).Find(library) is not null
        select (suite, library));

    [Theory]
    [MemberData(nameof(Choices))]
    public void The_library_that_is_named_seals_and_shows_in_the_status(SuiteName suite, CipherLibrary library)
    {
        using var pair = new TunnelPair(suite, left: options => options with { CipherLibrary = library }).Connect();

        pair.Send(pair.Right, Inner.Packet("10.0.0.2", "10.0.0.1"));

        Assert.Single(pair.Left.Delivered);
        Assert.Single(pair.Right.Delivered);
        var shown = (string)pair.Left.Harness.Stage.GetStatus()["cipher-library"]!;
        Assert.Contains(shown, library == CipherLibrary.Auto ? ["openssl", "libsodium", "cng"] : new[] { library.ToName() });
    }

    [Fact]
    public void OpenSSL_seals_WireGuards_packets_where_it_can()
    {
        Assert.SkipWhen(OpenSslAlgorithms.Find() is null, "This system's OpenSSL has no ChaCha20 or no Poly1305.");

        Assert.Equal(CipherLibrary.Openssl, Choose(SuiteName.Wireguard, CipherLibrary.Auto));
        Assert.Equal(CipherLibrary.Libsodium, Choose(SuiteName.Wireguard, CipherLibrary.Libsodium));
    }

    [Fact]
    public void Only_libsodium_has_AEGIS() => Assert.Equal(CipherLibrary.Libsodium, Choose(SuiteName.Aegis128l, CipherLibrary.Auto));

    [Fact]
    public void A_keypair_that_was_disposed_seals_nothing_and_a_handshake_begins()
    {
        using var pair = new TunnelPair().Connect();
        var current = pair.Left.Peer.Keypairs.Current!;
        Assert.True(current.TryHoldSealer(0));
        current.ReleaseSealer(0);
        current.Dispose();

        Assert.False(current.TryHoldSealer(0));
        Assert.False(current.TryHoldOpener(0));
        Assert.Empty(pair.Left.Send(Inner.Packet("10.0.0.1", "10.0.0.2")));
        Assert.Empty(pair.Left.Context.Faults);
        Assert.Equal(1, pair.Left.Context.LeasesHeld);

        // What arrives for it is refused as for an index that nobody has.
        var datagram = Assert.Single(pair.Right.Send(Inner.Packet("10.0.0.2", "10.0.0.1"))).Bytes;
        Assert.Equal(1, pair.Left.Receive(datagram, pair.Right.Address).Drops["unknown-index"]);
    }

    private static CipherLibrary Choose(SuiteName suite, CipherLibrary wanted) =>
        CipherChooser.Choose(CipherSuite.Get(suite), wanted, 1, NullLogger.Instance).Library;
}
