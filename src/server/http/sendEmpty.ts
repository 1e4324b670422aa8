/** 200 with nothing, as the original answers what it has done; 204 where it says so. */
export const sendEmpty = (status: 200 | 204 = 200): Response => new Response(null, { status });
