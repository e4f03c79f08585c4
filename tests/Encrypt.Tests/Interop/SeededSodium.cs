using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Culvert.Plugins.Encrypt.WireGuard.Interop;
using NSec.Cryptography;

namespace Encrypt.Tests.Interop;

/// <summary>
/// Gives libsodium a random source that a test seeds, for the calling thread only: ephemeral keys and session indexes repeat, so that a run of the
/// protocol does to the last byte. Other threads keep the system's generator. libsodium offers this for tests (randombytes_set_implementation).
/// </summary>
internal static unsafe class SeededSodium
{
    // struct randombytes_implementation: name, random, stir, uniform, buf, close.
    private const int ImplementationFields = 6;
    private const int FillField = 4;

    [ThreadStatic]
    private static Random? _source;

    [ThreadStatic]
    private static int _indexes;

    private static readonly delegate* unmanaged[Cdecl]<void*, nuint, void> _system;

    static SeededSodium() => _system = Install();

    /// <summary>Seeds the calling thread's random bytes, until <see cref="Release"/>.</summary>
    /// <param name="seed">The same seed gives the same bytes.</param>
    /// <param name="indexes">How many different numbers four random bytes, a session's index, can be; 0 for all.</param>
    public static void Seed(int seed, int indexes) => (_source, _indexes) = (new Random(seed), indexes);

    /// <summary>Gives the calling thread the system's random bytes.</summary>
    public static void Release() => _source = null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Fill(void* buffer, nuint size)
    {
        if (_source is not { } source)
        {
            _system(buffer, size);
        }
        else if (size == sizeof(uint) && _indexes > 0)
        {
            *(uint*)buffer = (uint)source.Next(_indexes);
        }
        else
        {
            source.NextBytes(new Span<byte>(buffer, (int)size));
        }
    }

    // Takes over the library's own source, all but its function that fills a buffer. Returns that one.
    private static delegate* unmanaged[Cdecl]<void*, nuint, void> Install()
    {
        SodiumLibrary.EnsureLoaded();
        var library = NativeLibrary.Load(SodiumLibrary.Name, typeof(Key).Assembly, null);
        var system = (nint*)NativeLibrary.GetExport(library, "randombytes_sysrandom_implementation");
        // For the life of the process, as the library keeps the pointer.
        var seeded = (nint*)NativeMemory.Alloc(ImplementationFields, (nuint)sizeof(nint));
        new ReadOnlySpan<nint>(system, ImplementationFields).CopyTo(new Span<nint>(seeded, ImplementationFields));
        seeded[FillField] = (nint)(delegate* unmanaged[Cdecl]<void*, nuint, void>)&Fill;
        var set = (delegate* unmanaged[Cdecl]<nint*, int>)NativeLibrary.GetExport(library, "randombytes_set_implementation");
        return set(seeded) == 0
            ? (delegate* unmanaged[Cdecl]<void*, nuint, void>)system[FillField]
            : throw new InvalidOperationException("libsodium refused the random source.");
    }
}
