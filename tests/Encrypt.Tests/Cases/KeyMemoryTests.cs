using System.Globalization;
using System.Runtime.CompilerServices;
using Culvert.Plugins.Encrypt;
using Culvert.Plugins.Encrypt.WireGuard.Keys;
using Culvert.Plugins.Encrypt.WireGuard.Peers;
using Culvert.Tests.Support;
using Encrypt.Tests.Fixtures;

namespace Encrypt.Tests.Cases;

/// <summary>Keys lie in pages of their own, which are protected, and nothing of them is left behind.</summary>
public sealed unsafe class KeyMemoryTests
{
    private const int Peers = 1000;
    private const int AllPeers = 10_000;

    [Fact]
    public void Pages_of_keys_are_locked_and_left_out_of_core_dumps()
    {
        Requires.Linux();
        using var key = new SecretBytes(KeyText.KeySize);
        using var state = new SecretBytes(600);
        foreach (var secret in new[] { key, state })
        {
            fixed (byte* address = secret.Span)
            {
                var flags = FlagsOf((ulong)address);
                Assert.Contains("lo", flags);
                Assert.Contains("dd", flags);
            }
        }
    }

    [Fact]
    public void A_key_that_was_disposed_is_wiped_and_out_of_reach()
    {
        var secret = new SecretBytes([.. Enumerable.Repeat((byte)7, 32)]);
        fixed (byte* address = secret.Span)
        {
            secret.Dispose();
            secret.Dispose();
            Assert.True(new ReadOnlySpan<byte>(address, 32).IndexOf(Enumerable.Repeat((byte)7, 32).ToArray()) < 0);
        }

        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public void A_key_that_was_forgotten_is_wiped_by_the_collector()
    {
        // A size that no other test uses, so that nobody takes the slot meanwhile.
        const int Size = 2000;
        var address = Forget(Size);
        for (var i = 0; i < 10 && !IsZero(); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(IsZero());

        bool IsZero() => !new ReadOnlySpan<byte>((byte*)address, Size).ContainsAnyExcept((byte)0);
    }

    [Fact]
    public void Slots_are_zeros_in_whole_pages_and_none_is_given_twice()
    {
        List<(nint Address, int Length)> pages = [];
        var memory = new KeyMemory(32, (address, length) =>
        {
            pages.Add((address, length));
            return null;
        }, new LockRefusal());
        var slots = Enumerable.Range(0, 3000).Select(_ => memory.Take()).ToArray();

        Assert.Equal(slots.Length, slots.Select(slot => (slot.Array, slot.Offset)).Distinct().Count());
        Assert.All(pages, page => Assert.Equal((0, 0), ((int)(page.Address % Environment.SystemPageSize), page.Length % Environment.SystemPageSize)));
        foreach (var slot in slots)
        {
            Assert.False(slot.AsSpan().ContainsAnyExcept((byte)0));
            fixed (byte* address = slot.AsSpan())
            {
                var at = (nint)address;
                Assert.Contains(pages, page => at >= page.Address && at + 32 <= page.Address + page.Length);
            }

            slot.AsSpan().Fill(1);
            memory.Return(slot);
        }

        Assert.False(memory.Take().AsSpan().ContainsAnyExcept((byte)0));
        Assert.Equal(3, pages.Count);
    }

    [Fact]
    public void Where_pages_cannot_be_locked_keys_work_and_one_warning_says_so()
    {
        var refusal = new LockRefusal();
        var memory = new KeyMemory(4096, (_, _) => "limit reached", refusal);
        Assert.Equal(4096, memory.Take().Count);
        List<string> warnings = [];
        refusal.Tell(warnings.Add);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(4096, memory.Take().Count);
        }

        refusal.Tell(warnings.Add);
        Assert.Equal(["limit reached"], warnings);
    }

    [Fact]
    public void Ten_thousand_peers_take_at_most_eight_mebibytes()
    {
        using var pair = new TunnelPair();
        var before = KeyMemory.Bytes;
        List<IDisposable> owners = [];
        for (var i = 0; i < Peers; i++)
        {
            // Two keypairs that every user has used, the secret of the static keys, and the preshared key of the file and of the handshake.
            for (var keypairs = 0; keypairs < 2; keypairs++)
            {
                var keypair = new Keypair(
                    pair.Left.Peer, (new SecretBytes(KeyText.KeySize), new SecretBytes(KeyText.KeySize)), true, (1, 1), 0, pair.Left.Tunnel.Local.Cipher);
                for (var slot = 0; slot < pair.Left.Tunnel.Local.Cipher.Slots; slot++)
                {
                    Assert.True(keypair.TryHoldSealer(slot));
                    keypair.ReleaseSealer(slot);
                    Assert.True(keypair.TryHoldOpener(slot));
                    keypair.ReleaseOpener(slot);
                }

                owners.Add(keypair);
            }

            owners.AddRange([new SecretBytes(32), new SecretBytes(32), new SecretBytes(32)]);
        }

        // Not at least 1: tests that ran beside this one may have left slots enough.
        Assert.InRange((KeyMemory.Bytes - before) * (AllPeers / Peers), 0, 8 << 20);
        owners.ForEach(owner => owner.Dispose());
    }

    [Fact]
    public void Equal_inline_keys_are_equal()
    {
        var (one, other) = (End.NewKey().Private, End.NewKey().Private);
        Assert.Equal(one, InlineKey.FromBytes(one.Bytes));
        Assert.NotEqual(one, other);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Forget(int size)
    {
        var secret = new SecretBytes(size);
        secret.Span.Fill(7);
        fixed (byte* address = secret.Span)
        {
            return (nint)address;
        }
    }

    private static string[] FlagsOf(ulong address)
    {
        var inside = false;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Split(' ')[0].Split('-') is [var from, var to] && ulong.TryParse(from, NumberStyles.HexNumber, null, out var first))
            {
                inside = address >= first && address < ulong.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (inside && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                return line["VmFlags:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [];
    }
}
