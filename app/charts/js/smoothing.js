// Exponential moving average with its start corrected: the first value is the first point's, not pulled towards 0.
// Source: Kingma & Ba, Adam (2015), section 3, for the correction; it is what trackers of runs call smoothing.

// `weight` in [0, 1) is how much of the former average stays. What is no number stays a gap and moves nothing.
export function smoothed(values, weight) {
  let average = 0
  let share = 0 // of the average that comes from points, not from the 0 it began with
  return values.map((value) => {
    if (typeof value !== "number") return value
    average = weight * average + (1 - weight) * value
    share = weight * share + (1 - weight)
    return average / share
  })
}
