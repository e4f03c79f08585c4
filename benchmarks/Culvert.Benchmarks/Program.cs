using BenchmarkDotNet.Running;
using Culvert.Benchmarks;
using Culvert.Benchmarks.Encrypt;

if (args is ["peer-memory"])
{
    PeerMemory.Run(Console.Out);
    return;
}

if (args is ["ciphers", var otherBuild, .. var suites])
{
    CipherComparison.Run(otherBuild, suites, Console.Out);
    return;
}

if (args is ["pairs", var before, var after, .. var words])
{
    BuildComparison.Run(before, after, words, Console.Out);
    return;
}

if (args is ["flood", var target, var publicKey, var perSecond, var seconds, var sources])
{
    FloodCommand.Run(target, publicKey, perSecond, seconds, sources, Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
