using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>OpenSSL's Poly1305, which takes another key for each message and wipes it at the message's end. One thread at a time.</summary>
internal sealed unsafe class Poly1305Context : SafeHandle
{
    private const int KeySize = 32;
    private const int TagSize = 16;

    private readonly DirectFunctions? _direct;

    /// <summary>Creates the context.</summary>
    /// <param name="algorithm">The fetched message authentication code.</param>
    /// <param name="direct">Its functions without the EVP layer; null to call them through it.</param>
    /// <exception cref="InvalidOperationException">The library has no memory.</exception>
    public Poly1305Context(IntPtr algorithm, DirectFunctions? direct)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        _direct = direct;
        SetHandle(_direct is null ? OpenSslEvp.EVP_MAC_CTX_new(algorithm) : _direct.NewMac());
        if (IsInvalid)
        {
            throw new InvalidOperationException("OpenSSL cannot set up Poly1305.");
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>Computes the tag of a message in two parts.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="first">The first part.</param>
    /// <param name="firstLength">Its length.</param>
    /// <param name="second">The second part.</param>
    /// <param name="secondLength">Its length.</param>
    /// <param name="tag">16 bytes.</param>
    public bool TryCompute(byte* key, byte* first, int firstLength, byte* second, int secondLength, byte* tag)
    {
        nuint written;
        return _direct is null
            ? OpenSslEvp.EVP_MAC_init(handle, key, KeySize, null) == 1
                && OpenSslEvp.EVP_MAC_update(handle, first, (nuint)firstLength) == 1
                && OpenSslEvp.EVP_MAC_update(handle, second, (nuint)secondLength) == 1
                && OpenSslEvp.EVP_MAC_final(handle, tag, &written, TagSize) == 1
            : _direct.InitMac(handle, key, KeySize, null) == 1
                && _direct.UpdateMac(handle, first, (nuint)firstLength) == 1
                && _direct.UpdateMac(handle, second, (nuint)secondLength) == 1
                && _direct.FinishMac(handle, tag, &written, TagSize) == 1;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_direct is null)
        {
            OpenSslEvp.EVP_MAC_CTX_free(handle);
        }
        else
        {
            _direct.FreeMac(handle);
        }

        return true;
    }
}
