using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>A key in OpenSSL, set up for one direction. One thread at a time; closing wipes the key schedule.</summary>
internal sealed class EvpCipherContext : SafeHandle
{
    private EvpCipherContext(IntPtr context)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(context);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>
    /// The native context. Whoever uses it makes sure that nobody closes this object meanwhile: a reference for each packet costs some 40 ns.
    /// </summary>
    public IntPtr Pointer => handle;

    /// <summary>Sets up a key.</summary>
    /// <param name="algorithm">Of <see cref="OpenSslEvp.EVP_CIPHER_fetch"/>.</param>
    /// <param name="key">As long as the algorithm's keys; it is copied.</param>
    /// <param name="seals">True to seal, false to open; a stream cipher does the same for both.</param>
    /// <exception cref="InvalidOperationException">The library refuses, or has no memory.</exception>
    public static unsafe EvpCipherContext Create(IntPtr algorithm, ReadOnlySpan<byte> key, bool seals)
    {
        var context = new EvpCipherContext(OpenSslEvp.EVP_CIPHER_CTX_new());
        fixed (byte* bytes = key)
        {
            if (!context.IsInvalid && OpenSslEvp.EVP_CipherInit_ex(context.handle, algorithm, IntPtr.Zero, bytes, null, seals ? 1 : 0) == 1)
            {
                return context;
            }
        }

        context.Dispose();
        throw new InvalidOperationException("OpenSSL cannot set up a key.");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslEvp.EVP_CIPHER_CTX_free(handle);
        return true;
    }
}
