using System.Runtime.InteropServices;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>
/// openssl/provider.h and openssl/core_dispatch.h of OpenSSL 3: the functions behind the EVP layer. Their signatures and numbers are the
/// interface between the library and its providers, which stays the same in all of OpenSSL 3 (provider(7), provider-cipher(7), provider-mac(7)).
/// </summary>
internal static unsafe partial class OpenSslProvider
{
    /// <summary>OSSL_OP_CIPHER.</summary>
    public const int Cipher = 2;

    /// <summary>OSSL_OP_MAC.</summary>
    public const int Mac = 3;

    private const string Library = "libcrypto.so.3";

    /// <summary>The provider of a fetched algorithm; it stays loaded as long as the algorithm is not freed.</summary>
    [LibraryImport(Library)]
    public static partial IntPtr EVP_CIPHER_get0_provider(IntPtr cipher);

    /// <summary>The provider of a fetched algorithm; it stays loaded as long as the algorithm is not freed.</summary>
    [LibraryImport(Library)]
    public static partial IntPtr EVP_MAC_get0_provider(IntPtr mac);

    /// <summary>What the provider's functions take to create a context.</summary>
    [LibraryImport(Library)]
    public static partial IntPtr OSSL_PROVIDER_get0_provider_ctx(IntPtr prov);

    /// <summary>The provider's algorithms for an operation, the last one without names; 0 when it has none.</summary>
    [LibraryImport(Library)]
    private static partial Algorithm* OSSL_PROVIDER_query_operation(IntPtr prov, int operation_id, int* no_cache);

    [LibraryImport(Library)]
    private static partial void OSSL_PROVIDER_unquery_operation(IntPtr prov, int operation_id, Algorithm* algs);

    /// <summary>Finds functions of an algorithm by their numbers.</summary>
    /// <param name="provider">Of a fetched algorithm.</param>
    /// <param name="operation"><see cref="Cipher"/> or <see cref="Mac"/>.</param>
    /// <param name="name">One of the algorithm's names, in the provider's spelling.</param>
    /// <param name="ids">OSSL_FUNC_CIPHER_… or OSSL_FUNC_MAC_…</param>
    /// <returns>The functions in that order; empty when one of them is missing.</returns>
    public static IntPtr[] FindFunctions(IntPtr provider, int operation, string name, params ReadOnlySpan<int> ids)
    {
        int unused;
        var algorithms = OSSL_PROVIDER_query_operation(provider, operation, &unused);
        var functions = new IntPtr[ids.Length];
        for (var algorithm = algorithms; algorithm is not null && algorithm->Names is not null; algorithm++)
        {
            if (Marshal.PtrToStringUTF8((IntPtr)algorithm->Names)!.Split(':').Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                for (var entry = algorithm->Implementation; entry->Id != 0; entry++)
                {
                    if (ids.IndexOf(entry->Id) is var at and >= 0)
                    {
                        functions[at] = entry->Function;
                    }
                }

                break;
            }
        }

        OSSL_PROVIDER_unquery_operation(provider, operation, algorithms);
        return functions.Contains(IntPtr.Zero) ? [] : functions;
    }

    /// <summary>OSSL_ALGORITHM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Algorithm
    {
        public readonly byte* Names;
        public readonly byte* Properties;
        public readonly Dispatch* Implementation;
        public readonly byte* Description;
    }

    /// <summary>OSSL_DISPATCH.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Dispatch
    {
        public readonly int Id;
        public readonly IntPtr Function;
    }
}
