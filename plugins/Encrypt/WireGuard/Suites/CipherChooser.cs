using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// Chooses the library that seals and opens packets: the one that the options name, else the fastest. For <c>suite: wireguard</c> on Linux that
/// is OpenSSL at every size; elsewhere it depends on the processor and on the library's version, and a measurement of about a
/// millisecond decides, once for each suite in a process. What the libraries compute is the same.
/// </summary>
internal static class CipherChooser
{
    private const int Rounds = 5;
    private const int PacketsPerRound = 100;

    private static readonly int[] PacketSizes = [64, 1420];
    private static readonly Lock Gate = new();

    // By suite; Auto where it is not known yet.
    private static readonly CipherLibrary[] Fastest = new CipherLibrary[CipherSuite.All.Count];

    /// <summary>The cipher for a stage's data path.</summary>
    /// <param name="suite">A supported suite.</param>
    /// <param name="wanted">A library that the suite has on this system, or <see cref="CipherLibrary.Auto"/>.</param>
    /// <param name="lanes">How many lanes there are.</param>
    /// <param name="logger">Learns of the choice.</param>
    public static DataCipher Choose(CipherSuite suite, CipherLibrary wanted, int lanes, ILogger logger)
    {
        var library = wanted == CipherLibrary.Auto ? FindFastest(suite, logger) : wanted;
        var factory = suite.Find(library)
            ?? throw new InvalidOperationException($"{library.ToName()} has no cipher for {suite.Name} here; options are validated before.");
        CipherChooserLog.Chose(logger, suite.Name, library.ToName());
        return new DataCipher(suite, library, factory, lanes);
    }

    private static CipherLibrary FindFastest(CipherSuite suite, ILogger logger)
    {
        lock (Gate)
        {
            ref var library = ref Fastest[(int)suite.Id];
            if (library == CipherLibrary.Auto)
            {
                library = suite.Find(SystemLibrary.Id) is not { } ofSystem ? CipherLibrary.Libsodium
                    : suite.Id == SuiteName.Wireguard && SystemLibrary.Id == CipherLibrary.Openssl ? CipherLibrary.Openssl
                    : Measure(suite, ofSystem, logger);
            }

            return library;
        }
    }

    private static CipherLibrary Measure(CipherSuite suite, AeadFactory ofSystem, ILogger logger)
    {
        var system = PacketSizes.Sum(size => Nanoseconds(suite, ofSystem, size));
        var sodium = PacketSizes.Sum(size => Nanoseconds(suite, suite.CreateSodium, size));
        CipherChooserLog.Measured(logger, suite.Name, SystemLibrary.Id.ToName(), system, sodium);
        return system < sodium ? SystemLibrary.Id : CipherLibrary.Libsodium;
    }

    /// <summary>The best of a few rounds of sealing and opening, so that an interruption does not decide.</summary>
    private static long Nanoseconds(CipherSuite suite, AeadFactory factory, int size)
    {
        using var aead = factory(new byte[suite.KeySize]);
        var packet = new byte[size + suite.TagSize];
        var best = long.MaxValue;
        aead.TryHold();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (ulong counter = 0; counter < PacketsPerRound; counter++)
            {
                aead.Seal(counter, default, packet.AsSpan(0, size), packet);
                aead.Open(counter, default, packet, packet.AsSpan(0, size));
            }

            best = Math.Min(best, (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds / PacketsPerRound);
        }

        aead.Release();
        return best;
    }
}

/// <summary>The chooser's log messages.</summary>
internal static partial class CipherChooserLog
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Debug, Message = "suite {Suite}: {Library} seals and opens packets")]
    public static partial void Chose(ILogger logger, string suite, string library);

    [LoggerMessage(EventId = 41, Level = LogLevel.Debug,
        Message = "suite {Suite}: sealing and opening a packet of 64 and one of 1420 bytes takes {SystemLibrary} {System} ns, libsodium {Sodium} ns")]
    public static partial void Measured(ILogger logger, string suite, string systemLibrary, long system, long sodium);
}
