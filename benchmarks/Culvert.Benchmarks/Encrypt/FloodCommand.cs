using System.Diagnostics;
using System.Globalization;
using System.Net;
using EndToEnd.Tests.WireGuard;

namespace Culvert.Benchmarks.Encrypt;

/// <summary>Floods an end with initiations whose mac1 is right, for <c>benchmarks/tunnels/flood</c>; prints a line when it begins, and one with what was sent.</summary>
internal static class FloodCommand
{
    public static void Run(string target, string publicKey, string perSecond, string seconds, string sources, TextWriter output)
    {
        using var sender = new FloodSender(
            IPEndPoint.Parse(target), Convert.FromBase64String(publicKey), FloodKind.Mac1, int.Parse(perSecond, CultureInfo.InvariantCulture),
            int.Parse(sources, CultureInfo.InvariantCulture));
        output.WriteLine("ready");
        output.Flush();
        Thread.Sleep(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        var spent = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"rate": {{sender.Rate:0}}, "cpu": {{spent:0.00}}}"""));
    }
}
