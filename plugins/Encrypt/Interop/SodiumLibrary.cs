using System.Runtime.InteropServices;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.Interop;

/// <summary>
/// The libsodium that NSec brings and has loaded: this assembly's imports lead to that one, so that the process has one copy, found the
/// same way on every system.
/// </summary>
internal static class SodiumLibrary
{
    /// <summary>The library's name in every import.</summary>
    public const string Name = "libsodium";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Must be called before the first import. Any thread.</summary>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        // NSec calls sodium_init when it is first used; without that libsodium has not looked at the processor yet.
        using (Key.Create(KeyAgreementAlgorithm.X25519))
        {
        }

        NativeLibrary.SetDllImportResolver(
            typeof(SodiumLibrary).Assembly,
            (name, _, _) => name == Name ? NativeLibrary.Load(Name, typeof(Key).Assembly, null) : IntPtr.Zero);
        return true;
    }
}
