export const describeStatus = (status: unknown): string => JSON.stringify(status)
