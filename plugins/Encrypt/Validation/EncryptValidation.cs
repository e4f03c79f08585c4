using Culvert.Options;
using Culvert.Plugins.Encrypt.WireGuard.Suites;

namespace Culvert.Plugins.Encrypt.Validation;

/// <summary>The rules that no single option can check, by concern. Reports everything at once; no secret in any message.</summary>
internal static class EncryptValidation
{
    private const string SuiteRemedy = "use suite: wireguard at both ends";

    /// <summary>Checks suite, keys, peers and prefixes.</summary>
    public static void Validate(EncryptOptions options, OptionsReport report)
    {
        CheckSuite(CipherSuite.Get(options.Suite), options.CipherLibrary, report);
        var ownKey = KeyValidation.CheckPrivateKey(options, report);
        PeerValidation.Check(options.Peers, ownKey, report);
        PrefixValidation.Check(options.Peers, report);
    }

    private static void CheckSuite(CipherSuite suite, CipherLibrary library, OptionsReport report)
    {
        if (!suite.IsSupported)
        {
            report.Error(
                "suite", $"'{suite.Name}' needs AES and carry-less multiplication in the processor (AES-NI and PCLMULQDQ, or ARMv8 Crypto), which this one lacks",
                SuiteRemedy);
        }
        else if (suite.WantsAes && !CipherSuite.HasAesInstructions)
        {
            report.Warning("suite", $"'{suite.Name}' runs in software, slower than wireguard: this processor has no AES instructions", SuiteRemedy);
        }

        if (library != CipherLibrary.Auto && suite.Find(library) is null)
        {
            report.Error(
                "cipher-library", $"'{library.ToName()}' has no cipher for 'suite: {suite.Name}' on this system",
                "use cipher-library: auto or cipher-library: libsodium");
        }
    }
}
