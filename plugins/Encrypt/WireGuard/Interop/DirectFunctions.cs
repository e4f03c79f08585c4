namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>
/// The functions of an OpenSSL provider for ChaCha20 and Poly1305, called without the EVP layer, whose look-ups of parameters cost 20 to 40 ns a
/// packet. Arguments and results as provider-cipher(7) and provider-mac(7) have them. Any thread.
/// </summary>
internal sealed unsafe class DirectFunctions
{
    private readonly IntPtr _cipherProvider;
    private readonly IntPtr _macProvider;
    private readonly delegate* unmanaged<IntPtr, IntPtr> _newCipher;
    private readonly delegate* unmanaged<IntPtr, IntPtr> _newMac;

    private DirectFunctions(IntPtr cipherProvider, IntPtr[] cipher, IntPtr macProvider, IntPtr[] mac)
    {
        _cipherProvider = OpenSslProvider.OSSL_PROVIDER_get0_provider_ctx(cipherProvider);
        _macProvider = OpenSslProvider.OSSL_PROVIDER_get0_provider_ctx(macProvider);
        _newCipher = (delegate* unmanaged<IntPtr, IntPtr>)cipher[0];
        InitCipher = (delegate* unmanaged<IntPtr, byte*, nuint, byte*, nuint, void*, int>)cipher[1];
        UpdateCipher = (delegate* unmanaged<IntPtr, byte*, nuint*, nuint, byte*, nuint, int>)cipher[2];
        FreeCipher = (delegate* unmanaged<IntPtr, void>)cipher[3];
        _newMac = (delegate* unmanaged<IntPtr, IntPtr>)mac[0];
        InitMac = (delegate* unmanaged<IntPtr, byte*, nuint, void*, int>)mac[1];
        UpdateMac = (delegate* unmanaged<IntPtr, byte*, nuint, int>)mac[2];
        FinishMac = (delegate* unmanaged<IntPtr, byte*, nuint*, nuint, int>)mac[3];
        FreeMac = (delegate* unmanaged<IntPtr, void>)mac[4];
    }

    /// <summary>Context, key and its length, IV and its length, no parameters. Sets what is not null.</summary>
    public delegate* unmanaged<IntPtr, byte*, nuint, byte*, nuint, void*, int> InitCipher { get; }

    /// <summary>Context, output, what was written, room, input and its length.</summary>
    public delegate* unmanaged<IntPtr, byte*, nuint*, nuint, byte*, nuint, int> UpdateCipher { get; }

    /// <summary>Wipes and frees a context.</summary>
    public delegate* unmanaged<IntPtr, void> FreeCipher { get; }

    /// <summary>Context, key and its length, no parameters.</summary>
    public delegate* unmanaged<IntPtr, byte*, nuint, void*, int> InitMac { get; }

    /// <summary>Context, data and its length.</summary>
    public delegate* unmanaged<IntPtr, byte*, nuint, int> UpdateMac { get; }

    /// <summary>Context, output, what was written, room.</summary>
    public delegate* unmanaged<IntPtr, byte*, nuint*, nuint, int> FinishMac { get; }

    /// <summary>Wipes and frees a context.</summary>
    public delegate* unmanaged<IntPtr, void> FreeMac { get; }

    /// <summary>Finds the functions.</summary>
    /// <param name="chaCha20">A fetched cipher, which is never freed: it keeps the provider loaded.</param>
    /// <param name="poly1305">A fetched message authentication code, which is never freed.</param>
    /// <returns>Null when one of them is missing.</returns>
    public static DirectFunctions? Find(IntPtr chaCha20, IntPtr poly1305)
    {
        var cipherProvider = OpenSslProvider.EVP_CIPHER_get0_provider(chaCha20);
        var macProvider = OpenSslProvider.EVP_MAC_get0_provider(poly1305);
        // NEWCTX, ENCRYPT_INIT, UPDATE, FREECTX; NEWCTX, INIT, UPDATE, FINAL, FREECTX.
        var cipher = OpenSslProvider.FindFunctions(cipherProvider, OpenSslProvider.Cipher, "ChaCha20", 1, 2, 4, 7);
        var mac = OpenSslProvider.FindFunctions(macProvider, OpenSslProvider.Mac, "POLY1305", 1, 4, 5, 6, 3);
        return cipher.Length == 0 || mac.Length == 0 ? null : new DirectFunctions(cipherProvider, cipher, macProvider, mac);
    }

    /// <summary>Creates a context of ChaCha20; 0 without memory.</summary>
    public IntPtr NewCipher() => _newCipher(_cipherProvider);

    /// <summary>Creates a context of Poly1305; 0 without memory.</summary>
    public IntPtr NewMac() => _newMac(_macProvider);
}
