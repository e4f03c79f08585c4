using BenchmarkDotNet.Running;
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

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
