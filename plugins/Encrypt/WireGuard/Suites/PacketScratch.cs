using System.Runtime.Intrinsics.X86;
using Culvert.Plugins.Encrypt.WireGuard.Interop;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// What one thread needs besides the key to seal and open with <see cref="OpenSslChaCha20Poly1305"/>: a keystream, wiped after each packet, and
/// a Poly1305, which takes another key for each packet. Of the thread and not of the key: a lane has one, and thousands of peers share it.
/// </summary>
internal sealed unsafe class PacketScratch
{
    /// <summary>Bytes of a block of ChaCha20.</summary>
    public const int BlockSize = 64;

    /// <summary>The bytes of a message for which there is keystream at once: a full Ethernet frame and more, in whole blocks.</summary>
    public const int ChunkSize = 1536;

    private static readonly byte[] ZeroMemory = GC.AllocateArray<byte>(BlockSize + ChunkSize, pinned: true);

    [ThreadStatic]
    private static PacketScratch? t_current;

    private readonly byte[] _memory = GC.AllocateArray<byte>(BlockSize + ChunkSize, pinned: true);
    private readonly OpenSslAlgorithms _algorithms;

    private PacketScratch(OpenSslAlgorithms algorithms)
    {
        _algorithms = algorithms;
        Poly1305 = new Poly1305Context(algorithms.Poly1305, algorithms.Direct);
        // Pinned for good, so that the addresses stay.
        fixed (byte* zeros = ZeroMemory, memory = _memory)
        {
            Zeros = zeros;
            KeyBlock = memory;
        }
    }

    /// <summary>As many zeros as the scratch is long; never written.</summary>
    public byte* Zeros { get; }

    /// <summary>Block 0 of the keystream.</summary>
    public byte* KeyBlock { get; }

    /// <summary>The keystream of one chunk.</summary>
    public byte* Keystream => KeyBlock + BlockSize;

    /// <summary>All of it: zeros between packets.</summary>
    public ReadOnlySpan<byte> Contents => _memory;

    /// <summary>The Poly1305.</summary>
    public Poly1305Context Poly1305 { get; }

    /// <summary>The calling thread's own.</summary>
    public static PacketScratch OfThread(OpenSslAlgorithms algorithms) =>
        t_current is { } current && current._algorithms == algorithms ? current : Replace(algorithms);

    /// <summary>The bytes of keystream to take for a chunk: whole blocks, behind the key block.</summary>
    /// <remarks>
    /// On AVX-512, OpenSSL computes five to eight blocks in two runs of four, and nine or more in one run of sixteen, which takes 100 ns less.
    /// </remarks>
    public static int InBlocks(int length)
    {
        var bytes = (Math.Min(length, ChunkSize) + BlockSize - 1) & -BlockSize;
        return Avx512F.IsSupported && bytes is > 3 * BlockSize and < 8 * BlockSize ? 8 * BlockSize : bytes;
    }

    /// <summary>Wipes what a message of that length left.</summary>
    public void Wipe(int length) => _memory.AsSpan(0, BlockSize + InBlocks(length)).Clear();

    private static PacketScratch Replace(OpenSslAlgorithms algorithms)
    {
        t_current?.Poly1305.Dispose();
        return t_current = new PacketScratch(algorithms);
    }
}
