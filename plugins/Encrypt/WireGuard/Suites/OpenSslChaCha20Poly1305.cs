using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// ChaCha20-Poly1305 (RFC 8439, section 2.8) composed of OpenSSL's ChaCha20 and Poly1305. OpenSSL's own composition runs ChaCha20 once more
/// for the Poly1305 key, and once more for a last block that is not full:
/// <code>
/// 1. one run of ChaCha20 from block 0 over zeros: block 0 begins with the one-time key of Poly1305, the rest is the keystream
/// 2. seal: text XOR keystream, then the tag of the ciphertext; open: the tag first and, when it is right, ciphertext XOR keystream
/// 3. key and keystream are wiped
/// </code>
/// Messages with associated data, which the data path does not have, take OpenSSL's own composition.
/// </summary>
internal sealed unsafe class OpenSslChaCha20Poly1305 : Aead
{
    private const int TagSize = 16;
    private const int PolyBlockSize = 16;

    private readonly OpenSslAlgorithms _algorithms;
    private readonly NonceLayout _layout;
    private readonly SecretBytes _key;
    private readonly ChaCha20Context _chaCha20;
    private OpenSslAead? _withAssociatedData;

    /// <summary>Sets up a key.</summary>
    /// <param name="algorithms">Of <see cref="OpenSslAlgorithms.Find"/>.</param>
    /// <param name="layout">How the counter becomes a nonce of 12 bytes.</param>
    /// <param name="key">32 bytes; they are copied.</param>
    /// <exception cref="InvalidOperationException">OpenSSL has no memory.</exception>
    public OpenSslChaCha20Poly1305(OpenSslAlgorithms algorithms, NonceLayout layout, ReadOnlySpan<byte> key)
        : base(TagSize)
    {
        SodiumLibrary.EnsureLoaded();
        (_algorithms, _layout, _key) = (algorithms, layout, new SecretBytes(key));
        _chaCha20 = new ChaCha20Context(algorithms.ChaCha20, algorithms.Direct, key);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">OpenSSL failed; nothing may be sent.</exception>
    protected override void SealCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        if (!associatedData.IsEmpty)
        {
            WithAssociatedData().Seal(counter, associatedData, plaintext, ciphertext);
            return;
        }

        var scratch = PacketScratch.OfThread(_algorithms);
        var length = plaintext.Length;
        fixed (byte* c = ciphertext, m = plaintext)
        {
            var good = Begin(counter, scratch, length) && Apply(scratch, m, c, length) && TryTag(scratch, c, length, c + length);
            scratch.Wipe(length);
            if (!good)
            {
                throw new InvalidOperationException("OpenSSL failed to seal a packet.");
            }
        }
    }

    /// <inheritdoc/>
    protected override bool OpenCore(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (!associatedData.IsEmpty)
        {
            return WithAssociatedData().Open(counter, associatedData, ciphertext, plaintext);
        }

        var scratch = PacketScratch.OfThread(_algorithms);
        var length = plaintext.Length;
        var tag = stackalloc byte[TagSize];
        fixed (byte* c = ciphertext, m = plaintext)
        {
            var good = Begin(counter, scratch, length)
                && TryTag(scratch, c, length, tag)
                && SodiumVerify.crypto_verify_16(tag, c + length) == 0
                && Apply(scratch, c, m, length);
            scratch.Wipe(length);
            return good;
        }
    }

    /// <inheritdoc/>
    protected override void Wipe()
    {
        _key.Dispose();
        _chaCha20.Dispose();
        _withAssociatedData?.Dispose();
    }

    /// <summary>XORs; the two texts may be the same memory.</summary>
    /// <remarks>
    /// Never inlined: the native code that is called next uses SSE, which is slow by half while the upper halves of the vector registers are in
    /// use, and only the end of a method clears them.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Xor(byte* input, byte* keystream, byte* output, int length)
    {
        var at = 0;
        for (; at <= length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            (Vector256.Load(input + at) ^ Vector256.Load(keystream + at)).Store(output + at);
        }

        for (; at <= length - sizeof(uint); at += sizeof(uint))
        {
            Unsafe.WriteUnaligned(output + at, Unsafe.ReadUnaligned<uint>(input + at) ^ Unsafe.ReadUnaligned<uint>(keystream + at));
        }

        for (; at < length; at++)
        {
            output[at] = (byte)(input[at] ^ keystream[at]);
        }
    }

    /// <summary>Sets the nonce and takes the key block and the first chunk's keystream.</summary>
    private bool Begin(ulong counter, PacketScratch scratch, int length)
    {
        // OpenSSL's IV for ChaCha20: the number of the first block in 4 bytes, then the nonce.
        var iv = stackalloc byte[16];
        _layout.Write(new Span<byte>(iv + sizeof(uint), 12), counter);
        return _chaCha20.TryStart(iv)
            && _chaCha20.TryRun(scratch.KeyBlock, scratch.Zeros, PacketScratch.BlockSize + PacketScratch.InBlocks(length));
    }

    /// <summary>Encrypts or decrypts; the first chunk's keystream is there.</summary>
    private bool Apply(PacketScratch scratch, byte* input, byte* output, int length)
    {
        for (var at = 0; ; at += PacketScratch.ChunkSize)
        {
            var rest = length - at;
            Xor(input + at, scratch.Keystream, output + at, Math.Min(rest, PacketScratch.ChunkSize));
            if (rest <= PacketScratch.ChunkSize)
            {
                return true;
            }

            if (!_chaCha20.TryRun(scratch.Keystream, scratch.Zeros, PacketScratch.InBlocks(rest - PacketScratch.ChunkSize)))
            {
                return false;
            }
        }
    }

    /// <summary>Computes the tag: Poly1305 over the ciphertext, zeros to a whole block, and the lengths of associated data and ciphertext.</summary>
    private static bool TryTag(PacketScratch scratch, byte* ciphertext, int length, byte* tag)
    {
        var end = stackalloc ulong[4];
        var padding = -length & (PolyBlockSize - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>((byte*)end + padding + sizeof(ulong), sizeof(ulong)), (ulong)length);
        return scratch.Poly1305.TryCompute(scratch.KeyBlock, ciphertext, length, (byte*)end, padding + PolyBlockSize, tag);
    }

    private OpenSslAead WithAssociatedData() => _withAssociatedData ??= new OpenSslAead(_algorithms.Aead, _layout, _key.Span);
}
