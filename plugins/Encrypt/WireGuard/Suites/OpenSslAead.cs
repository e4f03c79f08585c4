using System.Diagnostics;
using System.Runtime.CompilerServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using Culvert.Plugins.Encrypt.WireGuard.Keys;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// A cipher of the system's OpenSSL, called without the base library between: that takes half as long again for a packet, reports a
/// forgery by an exception, and loads 1 MB more. Compiled in full at once, as <see cref="CipherChooser"/> judges by the first calls. One thread at
/// a time.
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
    private bool _isDisposed;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Seal(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ciphertext.Length, plaintext.Length + TagSize);
        _sealing ??= SetUp(seals: true);
        fixed (byte* c = ciphertext, m = plaintext, ad = associatedData)
        {
            var message = new Message(m, c, plaintext.Length, ad, associatedData.Length, c + plaintext.Length);
            if (!Run(_sealing, seals: true, counter, message))
            {
                throw new InvalidOperationException("OpenSSL failed to seal a packet.");
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Open(
        ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(plaintext.Length, ciphertext.Length - TagSize);
        _opening ??= SetUp(seals: false);
        fixed (byte* m = plaintext, c = ciphertext, ad = associatedData)
        {
            var message = new Message(c, m, plaintext.Length, ad, associatedData.Length, c + plaintext.Length);
            if (Run(_opening, seals: false, counter, message))
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
        _isDisposed = true;
        _key.Dispose();
        _sealing?.Dispose();
        _opening?.Dispose();
    }

    // A key that was wiped is all zeros: nothing may be sealed with that.
    private EvpCipherContext SetUp(bool seals)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return EvpCipherContext.Create(algorithm, _key.Span, seals);
    }

    /// <summary>Runs one message while nobody can free the context: one that another thread closed meanwhile throws.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Run(EvpCipherContext context, bool seals, ulong counter, in Message message)
    {
        Span<byte> nonce = stackalloc byte[NonceLayout.MaxSize];
        layout.Write(nonce, counter);
        var held = false;
        try
        {
            context.DangerousAddRef(ref held);
            fixed (byte* iv = nonce)
            {
                return Run(context.DangerousGetHandle(), seals, iv, message);
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

    /// <summary>
    /// Nonce, associated data, text, and the tag, which is given before the end or taken after it. A method of its own, as calls into a library
    /// are direct only outside of a try block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Run(IntPtr ctx, bool seals, byte* iv, in Message message) =>
        OpenSslEvp.EVP_CipherInit_ex(ctx, IntPtr.Zero, IntPtr.Zero, null, iv, AsBefore) == 1
        && Take(ctx, message.AssociatedData, message.AssociatedLength, null)
        && Take(ctx, message.Input, message.Length, message.Output)
        && (seals || UseTag(ctx, OpenSslEvp.SetTag, message.Tag))
        && Finish(ctx, message.Tag)
        && (!seals || UseTag(ctx, OpenSslEvp.GetTag, message.Tag));

    // A null output means associated data to OpenSSL, and so would the null that an empty span is pinned as.
    private static bool Take(IntPtr ctx, byte* input, int length, byte* output)
    {
        int taken;
        return length == 0 || (OpenSslEvp.EVP_CipherUpdate(ctx, output, &taken, input, length) == 1 && taken == length);
    }

    private static bool UseTag(IntPtr ctx, int use, byte* tag) => OpenSslEvp.EVP_CIPHER_CTX_ctrl(ctx, use, TagSize, tag) == 1;

    private static bool Finish(IntPtr ctx, byte* end)
    {
        int written;
        var good = OpenSslEvp.EVP_CipherFinal_ex(ctx, end, &written) == 1;
        Debug.Assert(!good || written == 0, "These ciphers have no blocks to fill.");
        return good;
    }

    /// <summary>Pinned memory: text in and out, which may be the same, associated data, and the tag's place.</summary>
    private readonly struct Message(byte* input, byte* output, int length, byte* associatedData, int associatedLength, byte* tag)
    {
        public readonly byte* Input = input;
        public readonly byte* Output = output;
        public readonly int Length = length;
        public readonly byte* AssociatedData = associatedData;
        public readonly int AssociatedLength = associatedLength;
        public readonly byte* Tag = tag;
    }
}
