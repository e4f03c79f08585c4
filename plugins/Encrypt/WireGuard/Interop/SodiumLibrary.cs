using System.Runtime.InteropServices;
using NSec.Cryptography;

namespace Culvert.Plugins.Encrypt.WireGuard.Interop;

/// <summary>
/// The libsodium that NSec brings: this assembly's imports lead to that one, so that the process has one copy, found the
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
        NativeLibrary.SetDllImportResolver(
            typeof(SodiumLibrary).Assembly,
            (name, _, _) => name == Name ? NativeLibrary.Load(Name, typeof(Key).Assembly, null) : IntPtr.Zero);
        // NSec calls this as well when it is first used. Without it libsodium has not looked at the processor yet.
        if (SodiumCore.sodium_init() < 0)
        {
            throw new PlatformNotSupportedException("libsodium cannot be used on this system.");
        }

        return true;
    }
}
