using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>A message authentication code in OpenSSL, without a key until <see cref="OpenSslEvp.EVP_MAC_init"/>. One thread at a time.</summary>
internal sealed class EvpMacContext : SafeHandle
{
    /// <summary>Creates the context.</summary>
    /// <param name="algorithm">Of <see cref="OpenSslEvp.EVP_MAC_fetch"/>.</param>
    /// <exception cref="InvalidOperationException">The library has no memory.</exception>
    public EvpMacContext(IntPtr algorithm)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        SetHandle(OpenSslEvp.EVP_MAC_CTX_new(algorithm));
        if (IsInvalid)
        {
            throw new InvalidOperationException("OpenSSL cannot set up a message authentication code.");
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>The native context; whoever uses it keeps this object reachable.</summary>
    public IntPtr Pointer => handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslEvp.EVP_MAC_CTX_free(handle);
        return true;
    }
}
