using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Local;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Plugins.Encrypt.WireGuard.Suites;
using Culvert.Testing;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Laws;

/// <summary>Lanes seal while handshake after handshake replaces the keypair: every packet is sealed under a key that is not wiped, or refused.</summary>
public sealed class LaneSealLawTests
{
    private const int Handshakes = 100_000;
    private const int Lanes = 3;
    private const int Run = 4;
    private const int Mtu = 1420;

    private int _underWipedKeys;
    private int _refused;
    private long _sealed;
    private volatile bool _isOver;

    /// <summary>Two guards, each alone: keys go when no lane can hold them any more, and a key that is gone refuses.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_packet_is_sealed_under_a_wiped_key(bool waitsForLanes)
    {
        using var pair = new TunnelPair();
        using var context = new TestStageContext();
        using var reclaimer = new EpochReclaimer(Lanes, new FakeHost(context));
        var suite = CipherSuite.Wireguard;
        var cipher = new DataCipher(suite, CipherLibrary.Libsodium, key => new WitnessAead(this, key, suite.TagSize), Lanes);
        var keypairs = new Keypairs(new IndexTable(), waitsForLanes ? reclaimer.Retire : keypair => keypair.Dispose());
        var lanes = Enumerable.Range(0, Lanes).Select(lane => Task.Factory.StartNew(
            () => Seal(lane, keypairs, reclaimer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            for (var i = 1; i <= Handshakes; i++)
            {
                keypairs.AddAsInitiator(new Keypair(pair.Left.Peer, (Key(), Key()), true, ((uint)i, (uint)i), 0, cipher));
                context.RunService();
            }
        }
        finally
        {
            _isOver = true;
        }

        await Task.WhenAll(lanes).WaitAsync(TimeSpan.FromSeconds(60));
        keypairs.Clear();
        Assert.Equal(0, _underWipedKeys);
        Assert.True(_sealed > 0);
        Assert.True(_refused == 0 || !waitsForLanes, $"{_refused} refused");
    }

    private static SecretBytes Key()
    {
        var key = new SecretBytes(KeyText.KeySize);
        key.Span.Fill(7);
        return key;
    }

    // As the outbound path does with a batch.
    private void Seal(int lane, Keypairs keypairs, EpochReclaimer reclaimer)
    {
        var buffer = new byte[128];
        while (!_isOver)
        {
            reclaimer.Enter(lane);
            if (keypairs.Current is { } keypair)
            {
                if (keypair.TryHoldSealer(lane))
                {
                    SealRun(lane, keypair, buffer);
                    keypair.ReleaseSealer(lane);
                }
                else
                {
                    Interlocked.Increment(ref _refused);
                }
            }

            reclaimer.Leave(lane);
        }
    }

    private void SealRun(int lane, Keypair keypair, byte[] buffer)
    {
        for (var i = 0; i < Run; i++)
        {
            try
            {
                keypair.TrySeal(lane, new ArrayPacket(buffer), Mtu);
                Interlocked.Increment(ref _sealed);
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref _refused);
            }
        }
    }

    // Always a whole message; what is in it does not matter.
    private readonly struct ArrayPacket(byte[] buffer) : IGrowingPacket
    {
        public int Length => 0;

        public Span<byte> Data => buffer.AsSpan(0, 32);

        public void Grow(int front, int back) => Assert.Equal(32, front + back);
    }

    private sealed class WitnessAead(LaneSealLawTests law, ReadOnlySpan<byte> key, int tag) : Aead(tag)
    {
        private readonly byte[] _key = key.ToArray();

        protected override void SealCore(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext) => Look();

        protected override bool OpenCore(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
        {
            Look();
            return true;
        }

        protected override void Wipe() => Volatile.Write(ref _key[0], 0);

        private void Look()
        {
            if (Volatile.Read(ref _key[0]) != 7)
            {
                Interlocked.Increment(ref law._underWipedKeys);
            }
        }
    }
}
