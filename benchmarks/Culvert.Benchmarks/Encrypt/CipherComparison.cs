using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using Culvert.Plugins.Encrypt;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Encrypt;

/// <summary>
/// Sealing and opening with this build beside another build of the plugin, batch by batch in turn, so that a busy machine slows both alike:
/// <c>dotnet run -c Release --project benchmarks/Culvert.Benchmarks -- ciphers PATH/TO/OTHER/Encrypt.dll [SUITE…]</c>. Figures are medians, in nanoseconds for
/// one packet; a batch is 32 packets. Types are found by name, as the other build may be any older one.
/// </summary>
internal static class CipherComparison
{
    private const int BatchSize = 32;
    private const int Batches = 3000;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);
    private static readonly string[] Suites = ["wireguard", "aes-256-gcm", "aegis-256", "aegis-128l"];
    private static readonly int[] Sizes = [64, 256, 576, 1420];

    private delegate void Seal(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext);

    private delegate bool Open(ulong counter, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext);

    public static void Run(string otherPath, IReadOnlyCollection<string> suites, TextWriter output)
    {
        var other = new AssemblyLoadContext("other").LoadFromAssemblyPath(Path.GetFullPath(otherPath));
        output.WriteLine($"processor: AVX2 {Avx2.IsSupported}, AVX-512 {Avx512F.IsSupported}, IFMA {HasLeaf7(X86Base.CpuId(7, 0).Ebx, 21)}, VAES {HasLeaf7(X86Base.CpuId(7, 0).Ecx, 9)}");
        output.WriteLine("| suite | bytes | seal: other | this | ratio | open: other | this | ratio |");
        output.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var suite in Suites.Where(suite => suites.Count == 0 || suites.Contains(suite)))
        {
            foreach (var size in Sizes)
            {
                var theirs = new Subject(other, suite, size);
                var ours = new Subject(typeof(EncryptOptions).Assembly, suite, size);
                WarmUp(theirs, ours);
                for (var i = 0; i < Batches; i++)
                {
                    theirs.Measure();
                    ours.Measure();
                }

                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {suite} | {size} | {theirs.Sealing:F0} | {ours.Sealing:F0} | {ours.Sealing / theirs.Sealing:F2} | {theirs.Opening:F0} | {ours.Opening:F0} | {ours.Opening / theirs.Opening:F2} |"));
            }
        }
    }

    // Until the runtime has compiled the last time what runs often, which it does in the background.
    private static void WarmUp(params Subject[] subjects)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUpTime;)
        {
            foreach (var subject in subjects)
            {
                subject.Measure();
            }
        }

        foreach (var subject in subjects)
        {
            subject.Forget();
        }
    }

    private static bool HasLeaf7(int register, int bit) => (register & (1 << bit)) != 0;

    /// <summary>One build's cipher, as its data path uses it, with packets of one size.</summary>
    private sealed class Subject
    {
        private readonly Seal _seal;
        private readonly Open _open;
        private readonly Func<bool> _hold;
        private readonly Action _release;
        private readonly byte[][] _packets;
        private readonly int _size;
        private readonly List<long> _sealTicks = new(Batches);
        private readonly List<long> _openTicks = new(Batches);
        private ulong _counter;

        public Subject(Assembly build, string suiteName, int size)
        {
            var types = TypesOf(build);
            var suites = (System.Collections.IEnumerable)types.Single(type => type.Name == "CipherSuite").GetProperty("All")!.GetValue(null)!;
            var suite = suites.Cast<object>().Single(candidate => (string)Get(candidate, "Name") == suiteName);
            var choose = types.Single(type => type.Name == "CipherChooser").GetMethod("Choose")!;
            object?[] arguments = [.. choose.GetParameters().Select(parameter => Argument(parameter, suite))];
            var aead = Get(choose.Invoke(null, arguments)!, "Factory") is Delegate factory
                ? CreateAead(factory, new byte[(int)Get(suite, "KeySize")]) : throw new InvalidOperationException("That build is too different.");
            _seal = aead.GetType().GetMethod("Seal")!.CreateDelegate<Seal>(aead);
            _open = aead.GetType().GetMethod("Open")!.CreateDelegate<Open>(aead);
            _hold = aead.GetType().GetMethod("TryHold")?.CreateDelegate<Func<bool>>(aead) ?? (() => true);
            _release = aead.GetType().GetMethod("Release")?.CreateDelegate<Action>(aead) ?? (() => { });
            _size = size;
            _packets = [.. Enumerable.Range(0, BatchSize).Select(_ => GC.AllocateArray<byte>(size + (int)Get(suite, "TagSize"), pinned: true))];
        }

        public void Forget()
        {
            _sealTicks.Clear();
            _openTicks.Clear();
        }

        public double Sealing => Median(_sealTicks);

        public double Opening => Median(_openTicks);

        public void Measure()
        {
            var start = Stopwatch.GetTimestamp();
            _hold();
            for (var i = 0; i < BatchSize; i++)
            {
                _seal(_counter + (ulong)i, default, _packets[i].AsSpan(0, _size), _packets[i]);
            }

            _release();
            var middle = Stopwatch.GetTimestamp();
            _hold();
            var opened = 0;
            for (var i = 0; i < BatchSize; i++)
            {
                opened += _open(_counter + (ulong)i, default, _packets[i], _packets[i].AsSpan(0, _size)) ? 1 : 0;
            }

            _release();
            _openTicks.Add(Stopwatch.GetTimestamp() - middle);
            _sealTicks.Add(middle - start);
            _counter += BatchSize;
            if (opened != BatchSize)
            {
                throw new InvalidOperationException("A packet did not open.");
            }
        }

        // Types that implement another version of the contract do not load; the ciphers do.
        private static Type[] TypesOf(Assembly build)
        {
            try
            {
                return build.GetTypes();
            }
            catch (ReflectionTypeLoadException e)
            {
                return [.. e.Types.OfType<Type>()];
            }
        }

        private static object Get(object from, string property) => from.GetType().GetProperty(property)!.GetValue(from)!;

        private static object? Argument(ParameterInfo parameter, object suite) =>
            parameter.ParameterType.IsInstanceOfType(suite) ? suite
            : parameter.ParameterType == typeof(int) ? 1
            : parameter.ParameterType == typeof(ILogger) ? NullLogger.Instance
            : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;

        private static object CreateAead(Delegate factory, byte[] key) =>
            ((Factory)Delegate.CreateDelegate(typeof(Factory), factory, factory.GetType().GetMethod("Invoke")!))(key);

        private static double Median(List<long> ticks)
        {
            ticks.Sort();
            return Stopwatch.GetElapsedTime(0, ticks[ticks.Count / 2]).TotalNanoseconds / BatchSize;
        }

        private delegate object Factory(ReadOnlySpan<byte> key);
    }
}
