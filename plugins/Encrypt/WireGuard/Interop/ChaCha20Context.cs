using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>A key of OpenSSL's ChaCha20. One thread at a time; closing wipes the key.</summary>
internal sealed unsafe class ChaCha20Context : SafeHandle
{
    private const int IvSize = 16;
    private const int AsBefore = -1;

    private readonly DirectFunctions? _direct;

    /// <summary>Sets up a key.</summary>
    /// <param name="algorithm">The fetched cipher.</param>
    /// <param name="direct">Its functions without the EVP layer; null to call them through it.</param>
    /// <param name="key">32 bytes; they are copied.</param>
    /// <exception cref="InvalidOperationException">The library refuses, or has no memory.</exception>
    public ChaCha20Context(IntPtr algorithm, DirectFunctions? direct, ReadOnlySpan<byte> key)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        _direct = direct;
        SetHandle(_direct is null ? OpenSslEvp.EVP_CIPHER_CTX_new() : _direct.NewCipher());
        fixed (byte* bytes = key)
        {
            if (IsInvalid || (_direct is null
                ? OpenSslEvp.EVP_CipherInit_ex(handle, algorithm, IntPtr.Zero, bytes, null, 1)
                : _direct.InitCipher(handle, bytes, (nuint)key.Length, null, 0, null)) != 1)
            {
                Dispose();
                throw new InvalidOperationException("OpenSSL cannot set up a key.");
            }
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>Starts a keystream. Whoever calls makes sure that nobody closes this object meanwhile, here and below.</summary>
    /// <param name="iv">The number of the first block in 4 bytes, little-endian, then the nonce of 12.</param>
    public bool TryStart(byte* iv) => (_direct is null
        ? OpenSslEvp.EVP_CipherInit_ex(handle, IntPtr.Zero, IntPtr.Zero, null, iv, AsBefore)
        : _direct.InitCipher(handle, null, 0, iv, IvSize, null)) == 1;

    /// <summary>Goes on with the keystream: input XOR keystream.</summary>
    /// <param name="output">As long as the input.</param>
    /// <param name="input">The bytes.</param>
    /// <param name="length">Whole blocks: OpenSSL takes longer for a part, and keeps the rest of it.</param>
    public bool TryRun(byte* output, byte* input, int length)
    {
        if (_direct is null)
        {
            int taken;
            return OpenSslEvp.EVP_CipherUpdate(handle, output, &taken, input, length) == 1 && taken == length;
        }

        nuint written;
        return _direct.UpdateCipher(handle, output, &written, (nuint)length, input, (nuint)length) == 1 && written == (nuint)length;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_direct is null)
        {
            OpenSslEvp.EVP_CIPHER_CTX_free(handle);
        }
        else
        {
            _direct.FreeCipher(handle);
        }

        return true;
    }
}
