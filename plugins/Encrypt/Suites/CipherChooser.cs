using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.Suites;

/// <summary>
/// Chooses, once for each suite in a process, between NSec and the base library: seals full packets with both for a moment and takes the
/// faster one. Which one wins differs between processors and OpenSSL versions; what they compute does not.
/// </summary>
internal static class CipherChooser
{
    private const int PacketSize = 1420;
    private const int Rounds = 5;
    private const int PacketsPerRound = 200;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<SuiteName, (AeadFactory Factory, bool IsThreadSafe)> Chosen = [];

    /// <summary>The cipher for a stage's data path.</summary>
    public static DataCipher Choose(CipherSuite suite, int lanes, ILogger logger)
    {
        lock (Gate)
        {
            if (!Chosen.TryGetValue(suite.Id, out var choice))
            {
                choice = Measure(suite, logger);
                Chosen.Add(suite.Id, choice);
            }

            return new DataCipher(suite, choice.Factory, choice.IsThreadSafe, lanes);
        }
    }

    private static (AeadFactory Factory, bool IsThreadSafe) Measure(CipherSuite suite, ILogger logger)
    {
        if (suite.BaseLibrary is not { } baseLibrary)
        {
            return (suite.CreateNSec, true);
        }

        AeadFactory fromBaseLibrary = key => baseLibrary(key, suite.CreateNSec);
        var nsec = NanosecondsPerPacket(suite, suite.CreateNSec);
        var bound = NanosecondsPerPacket(suite, fromBaseLibrary);
        var useBaseLibrary = bound < nsec;
        CipherChooserLog.Chose(logger, suite.Name, useBaseLibrary ? "the base library" : "NSec", bound, nsec);
        return useBaseLibrary ? (fromBaseLibrary, false) : (suite.CreateNSec, true);
    }

    /// <summary>The best of a few rounds of sealing and opening, so that an interruption does not decide.</summary>
    private static long NanosecondsPerPacket(CipherSuite suite, AeadFactory factory)
    {
        using var aead = factory(new byte[suite.KeySize]);
        var packet = new byte[PacketSize + suite.TagSize];
        var best = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (ulong counter = 0; counter < PacketsPerRound; counter++)
            {
                aead.Seal(counter, default, packet.AsSpan(0, PacketSize), packet);
                aead.Open(counter, default, packet, packet.AsSpan(0, PacketSize));
            }

            best = Math.Min(best, (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds / PacketsPerRound);
        }

        return best;
    }
}

/// <summary>What the chooser says.</summary>
internal static partial class CipherChooserLog
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Debug,
        Message = "suite {Suite} is sealed by {Choice}: base library {BaseLibrary} ns, NSec {NSec} ns to seal and open 1420 bytes")]
    public static partial void Chose(ILogger logger, string suite, string choice, long baseLibrary, long nsec);
}
