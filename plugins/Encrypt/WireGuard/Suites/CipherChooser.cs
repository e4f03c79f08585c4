using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Culvert.Plugins.Encrypt.WireGuard.Suites;

/// <summary>
/// Chooses, once for each suite in a process, between libsodium and the system's own library: seals and opens small and full packets with
/// both for a moment and takes the faster one, or each for its sizes. Which one wins differs between processors, OpenSSL versions and packet
/// sizes; what they compute does not.
/// </summary>
internal static class CipherChooser
{
    private const int SmallPacket = 64;
    private const int FullPacket = 1420;
    private const int Rounds = 5;
    private const int PacketsPerRound = 100;

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

    /// <summary>
    /// The size in bytes from which the system's library is faster, by straight lines through the two sizes that were measured; 0 for always,
    /// <c>int.MaxValue</c> for never.
    /// </summary>
    internal static int Threshold((long Small, long Full) sodium, (long Small, long Full) system)
    {
        var smallGain = sodium.Small - system.Small;
        var fullGain = sodium.Full - system.Full;
        if (smallGain >= 0 || fullGain <= 0)
        {
            // One wins at both ends, or the system's at small sizes only, where little is at stake.
            return fullGain > 0 ? 0 : int.MaxValue;
        }

        return (int)(SmallPacket + ((FullPacket - SmallPacket) * -smallGain / (fullGain - smallGain)));
    }

    private static (AeadFactory Factory, bool IsThreadSafe) Measure(CipherSuite suite, ILogger logger)
    {
        if (suite.OfSystem is not { } ofSystem)
        {
            return (suite.CreateSodium, true);
        }

        var sodium = (Nanoseconds(suite, suite.CreateSodium, SmallPacket), Nanoseconds(suite, suite.CreateSodium, FullPacket));
        var system = (Nanoseconds(suite, ofSystem, SmallPacket), Nanoseconds(suite, ofSystem, FullPacket));
        var threshold = Threshold(sodium, system);
        CipherChooserLog.Chose(logger, suite.Name, threshold, system, sodium);
        return threshold switch
        {
            0 => (ofSystem, false),
            int.MaxValue => (suite.CreateSodium, true),
            _ => (key => new BySizeAead(suite.CreateSodium(key), ofSystem(key), threshold), false),
        };
    }

    /// <summary>The best of a few rounds of sealing and opening, so that an interruption does not decide.</summary>
    private static long Nanoseconds(CipherSuite suite, AeadFactory factory, int size)
    {
        using var aead = factory(new byte[suite.KeySize]);
        var packet = new byte[size + suite.TagSize];
        var best = long.MaxValue;
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

        return best;
    }
}

/// <summary>What the chooser says.</summary>
internal static partial class CipherChooserLog
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Debug,
        Message = "suite {Suite}: the system's library seals from {Threshold} bytes on, libsodium below; to seal and open 64 and 1420 bytes the system's library takes {System} ns, libsodium {Sodium} ns")]
    public static partial void Chose(ILogger logger, string suite, int threshold, (long Small, long Full) system, (long Small, long Full) sodium);
}
