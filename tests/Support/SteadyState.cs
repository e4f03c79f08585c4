using Xunit;

namespace Culvert.Tests.Support;

/// <summary>
/// Allocation in steady state. What is allocated once (a lock's first contention, a path that a busy machine takes late for the first
/// time) is not a leak of the data path; an allocation for each packet shows in every attempt.
/// </summary>
public static class SteadyState
{
    private const int Attempts = 8;

    /// <summary>Fails when no attempt out of several allocates nothing.</summary>
    /// <param name="allocated">Does the work once more and gives the bytes that it allocated.</param>
    public static void AllocatesNothing(Func<long> allocated)
    {
        ArgumentNullException.ThrowIfNull(allocated);
        var bytes = new List<long>();
        while (bytes.Count < Attempts)
        {
            bytes.Add(allocated());
            if (bytes[^1] == 0)
            {
                return;
            }
        }

        Assert.Fail($"Every attempt allocated: {string.Join(", ", bytes)} bytes.");
    }
}
