using BenchmarkDotNet.Running;
using Culvert.Benchmarks.Encrypt;

if (args is ["peer-memory"])
{
    PeerMemory.Run(Console.Out);
    return;
}

if (args is ["ciphers", var otherBuild])
{
    CipherComparison.Run(otherBuild, Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
