using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using BenchmarkDotNet.Attributes;

namespace Culvert.Benchmarks;

/// <summary>
/// Measures the benchmarks of two builds in one process, in slices that alternate: on a busy machine only figures that were taken side by
/// side can be compared. Each build is loaded in a context of its own.
/// </summary>
internal static class BuildComparison
{
    private const int Rounds = 801;
    private const int WarmUpSlices = 150;

    // Shorter than a time slice of the scheduler, so that most slices are not interrupted.
    private const double SliceNanoseconds = 150_000;

    /// <summary>Compares every benchmark class that both builds have and whose name contains one of the words.</summary>
    /// <param name="before">The folder of the build that is the measure.</param>
    /// <param name="after">The folder of the other build.</param>
    /// <param name="words">Parts of class names.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string before, string after, IReadOnlyList<string> words, TextWriter output)
    {
        Assembly[] builds = [Load(before), Load(after)];
        output.WriteLine($"{"benchmark",-48} {"before ns",10} {"after ns",10} {"ratio",7} {"bytes",6}");
        foreach (var name in builds[0].GetExportedTypes().Select(type => type.FullName!).Where(name => words.Any(name.Contains)).Order())
        {
            if (builds[1].GetType(name) is not null)
            {
                Compare([.. builds.Select(build => build.GetType(name)!)], output);
            }
        }
    }

    private static Assembly Load(string folder)
    {
        var path = Path.GetFullPath(Path.Combine(folder, "Culvert.Benchmarks.dll"));
        return new BuildContext(path).LoadFromAssemblyPath(path);
    }

    private static void Compare(Type[] types, TextWriter output)
    {
        var parameter = types[0].GetProperties().FirstOrDefault(property => Has(property, nameof(ParamsAttribute)));
        var values = parameter is null ? [null] : Values(parameter);
        foreach (var value in values)
        {
            var subjects = types.Select(type => Subject(type, parameter?.Name, value)).ToArray();
            foreach (var method in types[0].GetMethods().Where(method => Has(method, nameof(BenchmarkAttribute))))
            {
                if (types[1].GetMethod(method.Name) is not null)
                {
                    var actions = subjects.Select(subject => Bind(subject, method.Name)).ToArray();
                    Report($"{types[0].Name}{(parameter is null ? "" : $"({value})")}.{method.Name}", actions, output);
                }
            }
        }
    }

    private static object Subject(Type type, string? parameter, object? value)
    {
        var subject = Activator.CreateInstance(type)!;
        if (parameter is not null)
        {
            type.GetProperty(parameter)!.SetValue(subject, value);
        }

        type.GetMethods().FirstOrDefault(method => Has(method, nameof(GlobalSetupAttribute)))?.Invoke(subject, null);
        return subject;
    }

    private static void Report(string name, Action[] actions, TextWriter output)
    {
        foreach (var action in actions)
        {
            for (var slice = 0; slice < WarmUpSlices; slice++)
            {
                Time(action, 200);
                // Lets the second tier be compiled meanwhile.
                Thread.Sleep(3);
            }
        }

        var calls = Math.Max(4, (int)(SliceNanoseconds / Math.Max(1, Time(actions[0], 200) * BatchOf.Packets)));
        List<double>[] times = [[], []];
        var bytes = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var first = round % 2;
            times[first].Add(Time(actions[first], calls));
            times[1 - first].Add(Time(actions[1 - first], calls));
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            actions[1]();
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        var medians = times.Select(list => list.Order().ElementAt(Rounds / 2)).ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-48} {medians[0],10:F3} {medians[1],10:F3} {medians[1] / medians[0],7:F3} {bytes / Rounds,6}"));
    }

    /// <returns>Nanoseconds a packet.</returns>
    private static double Time(Action action, int calls)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / calls / BatchOf.Packets;
    }

    private static Action Bind(object subject, string name)
    {
        var method = subject.GetType().GetMethod(name)!;
        return method.ReturnType == typeof(void)
            ? method.CreateDelegate<Action>(subject)
            : typeof(BuildComparison).GetMethod(nameof(Discard), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(method.ReturnType).CreateDelegate<Func<object, MethodInfo, Action>>()(subject, method);
    }

    private static Action Discard<T>(object subject, MethodInfo method)
    {
        var call = method.CreateDelegate<Func<T>>(subject);
        return () => call();
    }

    // By name: each context may have its own copy of the attributes.
    private static bool Has(MemberInfo member, string attribute) => member.GetCustomAttributesData().Any(data => data.AttributeType.Name == attribute);

    private static object?[] Values(MemberInfo parameter) =>
        [.. ((IEnumerable<CustomAttributeTypedArgument>)parameter.GetCustomAttributesData()
            .First(data => data.AttributeType.Name == nameof(ParamsAttribute)).ConstructorArguments[0].Value!).Select(value => value.Value)];

    private sealed class BuildContext(string path) : AssemblyLoadContext(path)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
