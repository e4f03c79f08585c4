using System.Security.Cryptography;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Encrypt.Tests.Fixtures;

/// <summary>Every implementation of a suite's cipher that this system has: what one may do, all must.</summary>
internal static class Implementations
{
    /// <summary>libsodium's first, then the system's and the base library's.</summary>
    public static IReadOnlyList<AeadFactory> Of(CipherSuite suite)
    {
        List<AeadFactory> all = [suite.CreateSodium];
        if (suite.OfSystem is { } ofSystem)
        {
            all.Add(ofSystem);
        }

        // Chosen on Windows only, but the same everywhere.
        switch (suite.Id)
        {
            case SuiteName.Wireguard when ChaCha20Poly1305.IsSupported:
                all.Add(key => new BaseLibraryChaCha(suite.Layout, key, suite.CreateSodium));
                break;
            case SuiteName.Aes256Gcm when AesGcm.IsSupported:
                all.Add(key => new BaseLibraryAesGcm(suite.Layout, key, suite.CreateSodium));
                break;
        }

        return all;
    }
}
