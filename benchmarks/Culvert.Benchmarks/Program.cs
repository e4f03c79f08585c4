using BenchmarkDotNet.Running;
using Culvert.Benchmarks.Encrypt;

if (args is ["peer-memory"])
{
    PeerMemory.Run(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
