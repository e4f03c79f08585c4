using System.Diagnostics;
using Culvert.Plugins.Encrypt.Interop;
using Culvert.Plugins.Encrypt.Noise;

namespace Culvert.Plugins.Encrypt.Suites;

/// <summary>
/// A cipher of the system's OpenSSL, called without the base library between: that takes half as long again for a packet, reports a
/// forgery by an exception, and loads 1 MB more. One thread at a time.
/// </summary>
/// <param name="algorithm">Of <see cref="Find"/>.</param>
/// <param name="layout">How the counter becomes a nonce.</param>
/// <param name="key">As many bytes as the cipher's keys have; they are copied.</param>
internal sealed unsafe class OpenSslAead(IntPtr algorithm, NonceLayout layout, ReadOnlySpan<byte> key) : Aead
{
    private const int TagSize = 16;
    private const int AsBefore = -1;

    private readonly SecretBytes _key = new(key);
    private EvpCipherContext? _sealing;
    private EvpCipherContext? _opening;

    /// <inheritdoc/>
    public override bool IsThreadSafe => false;

    /// <summary>Finds an algorithm by OpenSSL's name.</summary>
    /// <returns>Null where this system's OpenSSL is absent, older than 3, or configured without it.</returns>
    public static IntPtr? Find(string algorithm)
    {
        var found = OpenSslEvp.IsAvailable ? OpenSslEvp.EVP_CIPHER_fetch(IntPtr.Zero, algorithm, null) : IntPtr.Zero;
        return found == IntPtr.Zero ? null : found;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">OpenSSL failed; nothing may be sent.</exception>
    public override void Seal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ciphertext.Length, plaintext.Length + TagSize);
        _sealing ??= EvpCipherContext.Create(algorithm, _key.Span, seals: true);
        fixed (byte* c = ciphertext)
        {
            if (!Run(_sealing, seals: true, counter, associatedData, plaintext, c, tag: c + plaintext.Length))
            {
                throw new InvalidOperationException("OpenSSL failed to seal a packet.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool Open(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plaintext.Length, ciphertext.Length - TagSize);
        _opening ??= EvpCipherContext.Create(algorithm, _key.Span, seals: false);
        fixed (byte* m = plaintext, c = ciphertext)
        {
            if (Run(_opening, seals: false, counter, associatedData, ciphertext[..plaintext.Length], m, tag: c + plaintext.Length))
            {
                return true;
            }
        }

        plaintext.Clear();
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _key.Dispose();
        _sealing?.Dispose();
        _opening?.Dispose();
    }

    /// <summary>One message: nonce, associated data, text, and the tag, which is given before the end or taken after it.</summary>
    private bool Run(
        EvpCipherContext context, bool seals, ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> input, byte* output, byte* tag)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        layout.Write(nonce, counter);
        var held = false;
        try
        {
            // A context that another thread closed meanwhile throws, and is not freed under our hands.
            context.DangerousAddRef(ref held);
            var ctx = context.DangerousGetHandle();
            fixed (byte* iv = nonce)
            {
                return OpenSslEvp.EVP_CipherInit_ex(ctx, IntPtr.Zero, IntPtr.Zero, null, iv, AsBefore) == 1
                    && Take(ctx, associatedData, null)
                    && Take(ctx, input, output)
                    && (seals || UseTag(ctx, OpenSslEvp.SetTag, tag))
                    && Finish(ctx, tag)
                    && (!seals || UseTag(ctx, OpenSslEvp.GetTag, tag));
            }
        }
        finally
        {
            if (held)
            {
                context.DangerousRelease();
            }
        }
    }

    // A null output means associated data to OpenSSL, and so would the null that an empty span is pinned as.
    private static bool Take(IntPtr ctx, ReadOnlySpan<byte> input, byte* output)
    {
        if (input.IsEmpty)
        {
            return true;
        }

        int taken;
        fixed (byte* bytes = input)
        {
            return OpenSslEvp.EVP_CipherUpdate(ctx, output, &taken, bytes, input.Length) == 1 && taken == input.Length;
        }
    }

    private static bool UseTag(IntPtr ctx, int use, byte* tag) => OpenSslEvp.EVP_CIPHER_CTX_ctrl(ctx, use, TagSize, tag) == 1;

    private static bool Finish(IntPtr ctx, byte* end)
    {
        int written;
        var good = OpenSslEvp.EVP_CipherFinal_ex(ctx, end, &written) == 1;
        Debug.Assert(!good || written == 0, "These ciphers have no blocks to fill.");
        return good;
    }
}
