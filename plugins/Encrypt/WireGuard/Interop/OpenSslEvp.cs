using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>
/// openssl/evp.h of OpenSSL 3, whose names stay the same in all of its releases. Functions return 1 for success. A context serves one thread
/// at a time; what is called here keeps nothing else between calls.
/// </summary>
internal static unsafe partial class OpenSslEvp
{
    /// <summary>EVP_CTRL_AEAD_GET_TAG: the tag after sealing.</summary>
    public const int GetTag = 0x10;

    /// <summary>EVP_CTRL_AEAD_SET_TAG: the tag that opening expects.</summary>
    public const int SetTag = 0x11;

    private const string Library = "libcrypto.so.3";

    /// <summary>Whether this system has the library. The question loads it. Any thread.</summary>
    public static bool IsAvailable { get; } =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Library, typeof(OpenSslEvp).Assembly, null, out _);

    /// <summary>Finds an algorithm, which lives as long as the process here.</summary>
    /// <returns>0 when the library's configuration has none of that name.</returns>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial IntPtr EVP_CIPHER_fetch(IntPtr ctx, string algorithm, string? properties);

    [LibraryImport(Library)]
    public static partial IntPtr EVP_CIPHER_CTX_new();

    /// <summary>Wipes the key schedule, too.</summary>
    [LibraryImport(Library)]
    public static partial void EVP_CIPHER_CTX_free(IntPtr ctx);

    /// <summary>Sets what is not null: algorithm, key, nonce. <paramref name="enc"/> is 1 to seal, 0 to open, -1 to keep what was set.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_CipherInit_ex(IntPtr ctx, IntPtr cipher, IntPtr impl, byte* key, byte* iv, int enc);

    /// <summary>Takes input, or associated data where <paramref name="outm"/> is null. The two may be the same memory.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_CipherUpdate(IntPtr ctx, byte* outm, int* outl, byte* inm, int inl);

    /// <summary>Makes or checks the tag; an AEAD writes nothing here.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_CipherFinal_ex(IntPtr ctx, byte* outm, int* outl);

    [LibraryImport(Library)]
    public static partial int EVP_CIPHER_CTX_ctrl(IntPtr ctx, int type, int arg, void* ptr);

    /// <summary>Finds an algorithm, which lives as long as the process here.</summary>
    /// <returns>0 when the library's configuration has none of that name.</returns>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial IntPtr EVP_MAC_fetch(IntPtr libctx, string algorithm, string? properties);

    [LibraryImport(Library)]
    public static partial IntPtr EVP_MAC_CTX_new(IntPtr mac);

    [LibraryImport(Library)]
    public static partial void EVP_MAC_CTX_free(IntPtr ctx);

    /// <summary>Begins a message under a key.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_MAC_init(IntPtr ctx, byte* key, nuint keylen, void* @params);

    [LibraryImport(Library)]
    public static partial int EVP_MAC_update(IntPtr ctx, byte* data, nuint datalen);

    /// <summary>Writes the code; Poly1305 wipes its key as it does.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_MAC_final(IntPtr ctx, byte* @out, nuint* outl, nuint outsize);
}
